// The arithmetic of the table.

import assert from 'node:assert/strict';
import test from 'node:test';

import { cpuPerDelivery, kibPerSocket, median, spread, wrong } from './figures.mjs';

const outcome = (changes = {}) => ({
  sent: 1_000, delivered: 4_000, seconds: 5, refused: 0, missing: 0, duplicate: 0, reordered: 0,
  processes: { gateway: { cpuNs: 8_000_000, rssBefore: 1024, rssJoined: 11 * 1024 } }, ...changes,
});

test('medians, ranges and costs', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(spread([2, 1, 4]), '2.00 (1.00–4.00)');
  assert.equal(cpuPerDelivery(outcome()), 2_000);
  assert.equal(kibPerSocket(outcome(), 5), 2);
});

test('a run that lost, doubled or swapped something, or fell behind, is no figure', () => {
  assert.deepEqual(wrong(outcome(), 200), []);
  assert.deepEqual(wrong(outcome({ missing: 3 }), 200), ['3 missing']);
  assert.deepEqual(wrong(outcome({ refused: 1, duplicate: 1, reordered: 2 }), 200), ['1 refused', '1 duplicate', '2 reordered']);
  assert.deepEqual(wrong(outcome(), 400), ['only 200 of 400 messages a second were taken']);
});
