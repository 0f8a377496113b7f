// The arithmetic of the table and the chart.

import assert from 'node:assert/strict';
import test from 'node:test';

import { chart } from './chart.mjs';
import { median, spread, wrong } from './figures.mjs';
import { GOALS, verdict } from './goals.mjs';
import { table } from './report.mjs';
import { SCENES } from './scenes.mjs';

const outcome = (changes = {}) => ({
  sent: 1_000, delivered: 4_000, seconds: 5, refused: 0, missing: 0, duplicate: 0, reordered: 0, sockets: 5,
  delivery: { p50: 900 },
  processes: {
    gateway: { cpuNs: 8_000_000, rssBefore: 1024, rssJoined: 51 * 1024, joiningCpuNs: 10_000 }, api: { cpuNs: 4_000_000 },
  },
  ...changes,
});
const node = outcome({ sent: 500, delivered: 1_000, processes: { node: { cpuNs: 20_000_000, joiningCpuNs: 40_000 } } });
const all = {
  confab: outcome(), node, embedded: outcome({ sent: 2_000 }),
  bare: outcome({ processes: { gateway: { cpuNs: 4_000_000 } }, delivery: { p50: 100 } }),
  commits: { perSecond: 400, p50: 400 }, hop: { p50: 100 },
};

test('medians and ranges', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(spread([2, 1, 4]), '2.00 (1.00–4.00)');
});

test('a run that lost, doubled or swapped something, or fell behind, is no figure', () => {
  assert.deepEqual(wrong(outcome(), 200), []);
  assert.deepEqual(wrong(outcome()), []);
  assert.deepEqual(wrong(outcome({ missing: 3 }), 200), ['3 missing']);
  assert.deepEqual(wrong(outcome({ refused: 1, duplicate: 1, reordered: 2 }), 200), ['1 refused', '1 duplicate', '2 reordered']);
  assert.deepEqual(wrong(outcome(), 400), ['only 200 of 400 messages a second were taken']);
});

test('each goal is a ratio of what its scene measured', () => {
  const found = GOALS.map(({ what, of }) => [what, of(all)]);
  assert.deepEqual(found.map(([, value]) => value), [2, 2, 2, 2, 0.15, 4, 10, 0.25, 0.5, 0.1, 1.5, 4]);
  for (const { scene, of } of GOALS) {
    const { loads, limits } = SCENES[scene];
    const there = Object.fromEntries([...Object.keys(loads), ...Object.keys(limits ?? {})].map((name) => [name, all[name]]));
    assert.ok(Number.isFinite(of(there)), scene);
  }
});

test('small or large is good, and a missed goal stays in the table', () => {
  const small = { best: 'small', goal: 1.5, stretch: 1.2 };
  const large = { best: 'large', goal: 5, stretch: 8 };
  assert.deepEqual([1.6, 1.5, 1.2].map((value) => verdict(small, value)), ['missed', 'reached', 'beyond']);
  assert.deepEqual([4, 5, 8].map((value) => verdict(large, value)), ['missed', 'reached', 'beyond']);
  const rows = [{ ...small, what: 'cost <here>', where: 'a room', values: [1.7, 1.6, 1.9] }];
  const text = table(rows, { many: new Set(['node: 3 missing']) }, SCENES, 3);
  assert.match(text, /\| a room: cost <here> \| 1\.70 \(1\.60–1\.90\) \| ≤ 1\.5 \| ≤ 1\.2 \| ✗ \|/);
  assert.match(text, /- 100 rooms × 10 at 2,000\/s, node: 3 missing/);
  const picture = chart(rows);
  assert.match(picture, /class="missed"/);
  assert.match(picture, /cost &lt;here>/);
});
