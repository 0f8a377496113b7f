// The plan is the seed's: the same again for the same one, another for another, and always of the promised mix.

import assert from 'node:assert/strict';
import test from 'node:test';

import { MODES } from './modes.mjs';
import { planFaults, planKills } from './plan.mjs';
import { planWorld } from './world.mjs';

const VICTIMS = {
  apis: ['api 1', 'api 2'], gateways: ['gateway 1', 'gateway 2', 'gateway 3'],
  links: Array.from({ length: 15 }, (_, i) => `link ${i}`), readers: Array.from({ length: 70 }, (_, i) => `c${i}`),
};

test('a seed plans the same run again', () => {
  assert.deepEqual(planFaults(7, 10, VICTIMS), planFaults(7, 10, VICTIMS));
  assert.deepEqual(planWorld(7, MODES.chaos.world), planWorld(7, MODES.chaos.world));
  assert.notDeepEqual(planFaults(7, 10, VICTIMS), planFaults(8, 10, VICTIMS));
});

test('ten minutes hold a hundred kills of all kinds, twenty pauses and fifty link faults', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const plan = planFaults(seed, 10, VICTIMS);
    const count = (kind, target) => plan.filter((fault) => fault.kind === kind && (!target || fault.target === target)).length;
    assert.ok(count('kill') >= 100, `seed ${seed}: ${count('kill')} kills`);
    for (const target of ['api', 'gateway', 'leader', 'nats', 'postgres']) assert.ok(count('kill', target) >= 15, `seed ${seed}: ${count('kill', target)} kills of ${target}`);
    assert.ok(count('pause') >= 20, `seed ${seed}: ${count('pause')} pauses`);
    assert.ok(count('link') >= 50, `seed ${seed}: ${count('link')} link faults`);
    for (const fault of plan) assert.ok(fault.ms >= 0 && fault.at + fault.ms <= 600_000);
  }
});

test('a minute on one node holds fifty kills', () => {
  for (let seed = 1; seed <= 50; seed++) assert.ok(planKills(seed, 1).length >= 50);
});
