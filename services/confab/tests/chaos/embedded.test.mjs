// The single binary on SQLite is killed by -9 some fifty times while everybody writes and reads: every law holds.

import assert from 'node:assert/strict';
import test from 'node:test';

import { NET_MS } from '../harness/wait.mjs';
import { run } from './run.mjs';

test('one node killed again and again loses, doubles and swaps nothing', async () => {
  const { EMBEDDED_MINUTES, SEED } = process.env;
  const { wrong } = await run({ mode: 'embedded', minutes: Number(EMBEDDED_MINUTES || 1), seed: Number(SEED || 1), healWithinMs: NET_MS, keep: false });
  assert.deepEqual(wrong, []);
});
