// The browser tests of the web client against the fleet in containers, through its edge, by each transport.
// Two tests need a server of their own to kill and are skipped here: compose.test.mjs kills containers.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../harness/child.mjs';
import { scenario, table } from '../harness/scenario.mjs';
import { compose, Containers } from './containers.mjs';

const WEB = fileURLToPath(new URL('../../../web', import.meta.url));
/** Only a net. */
const PATIENCE = { within: 900_000 };

if (compose()) {
  scenario('the browser tests pass through the edge, by websocket and by polling', inBrowsers);
} else {
  test('the browser tests through the edge', { skip: 'no container engine with compose runs here' });
}

async function inBrowsers(things, t) {
  const fleet = await Containers.up(things);
  try {
    const files = (await fs.readdir(`${WEB}/e2e`)).filter((name) => name.endsWith('.test.mjs')).map((name) => `e2e/${name}`);
    const cases = ['websocket', 'polling'].map((transport) => ({ name: transport, transport }));
    await table(t, cases, async ({ transport }) => {
      const args = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files];
      // Without what this runner tells its children: they are a run of their own.
      const { NODE_TEST_CONTEXT: _, ...env } = { ...process.env, CONFAB_URL: fleet.url, CONFAB_TRANSPORT: transport };
      const child = await run(process.execPath, args, { cwd: WEB, env, ...PATIENCE });
      assert.equal(child.code, 0, child.stdout);
      assert.match(child.stdout, /^ℹ pass [1-9]/m);
    });
  } finally {
    await fleet.readLogs();
  }
}
