// schemathesis against a running server: thousands of requests made from proto/openapi.json, good and bad.
// No 5xx, no status, content type, header or body that the document does not have, nothing bad taken,
// nothing good refused, no route open without a token, and sequences of requests along the links.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from './harness/child.mjs';
import { Confab } from './harness/confab.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';

const HERE = fileURLToPath(new URL('schemathesis/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = process.env.SCHEMATHESIS_BIN ?? path.join(ROOT, 'target/schemathesis/bin/schemathesis');
const MINUTES = 60_000;

const BACKENDS = {
  embedded: async (things) => [await Confab.start(things, { settings: ROOMY })],
  fleet: async (things) => (await Fleet.start(things, { apis: 1, gateways: 0 })).apis,
};

for (const [backend, start] of Object.entries(BACKENDS)) {
  scenario(`the API keeps to its document (${backend})`, async (things) => {
    await fs.access(PROGRAM).catch(() => assert.fail(`${PROGRAM} is missing: run .ci/prepare`));
    const [server] = await start(things);
    const [staying] = await signUpMany([server.url], ['staying', 'leaving']);
    const { id } = await staying.createGroup('known');
    await staying.send(id, 'hello');

    const args = ['--config-file', path.join(HERE, 'schemathesis.toml'), 'run', path.join(ROOT, 'proto/openapi.json'), '--url', server.url, '--checks', 'all', '--no-color'];
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1', CONFAB_URL: server.url, CONFAB_GROUP: id };
    const child = await run(PROGRAM, args, { env, cwd: await things.folder(), within: 15 * MINUTES });
    assert.equal(child.code, 0, `${child.stdout}\n${child.stderr}`);
    const [, tested] = /Tested: (\d+)/.exec(child.stdout) ?? [];
    const { paths } = JSON.parse(await fs.readFile(path.join(ROOT, 'proto/openapi.json')));
    assert.equal(Number(tested), Object.values(paths).flatMap(Object.keys).length, child.stdout);
    assert.ok(!/ERROR/.test(server.log()), 'the server logged an error');
  });
}
