// Real faults against a real fleet, for MINUTES (3 by default) with SEED (1 by default; `make chaos` takes any): every law holds. A failure
// names lines of the histories, which stay in target/chaos/.
// How soon it heals is measured here and decided by `make chaos`: other tests may have the machine.

import assert from 'node:assert/strict';
import test from 'node:test';

import { NET_MS } from '../harness/wait.mjs';
import { run } from './run.mjs';

test('a fleet under kills, pauses and broken links loses, doubles and swaps nothing', async () => {
  const { MINUTES, SEED } = process.env;
  const { wrong } = await run({ mode: 'chaos', minutes: Number(MINUTES || 3), seed: Number(SEED || 1), healWithinMs: NET_MS, keep: false });
  assert.deepEqual(wrong, []);
});
