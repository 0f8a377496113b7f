// A run as a test: a process of its own, as `make chaos` has it, so nothing of it can be left in the one that tests.
// How soon it heals is measured here and decided by `make chaos`: other tests may have the machine.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { NET_MS } from '../harness/wait.mjs';

const RUN = fileURLToPath(new URL('run.mjs', import.meta.url));

/** Shows the report and fails unless the run was good; SEED is 1 unless set. */
export async function lawsHold(mode, minutes) {
  const seed = process.env.SEED || 1;
  const options = ['--mode', mode, '--minutes', minutes, '--seed', seed, '--heal-within', NET_MS, '--tidy'];
  const run = spawn(process.execPath, [RUN, ...options.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  run.stdout.setEncoding('utf8').on('data', (text) => process.stdout.write(text));
  const [code] = await once(run, 'close');
  assert.equal(code, 0, 'what is wrong stands in the report above');
}
