// `confab verify`: it agrees with a store in which people have lived, also while they write; each damage is found by
// its name; rows that the log says are brought back, and nothing else is touched.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';

import { Confab, confab } from './harness/confab.mjs';
import { Deployed } from './harness/deployed.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { livedIn } from './harness/lived-in.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { SqliteFile } from './harness/stores.mjs';
import { onTerminal } from './harness/terminal.mjs';
import { DAMAGES, namesThePlace } from './verify.damages.mjs';

const PROJECTIONS = ['streams', 'members', 'sessions'];
const OTHERS = ['events', 'users', 'credentials', 'read_marks', 'store'];

scenario('each damage is found by its name, on both databases, and what the log says is brought back', async (things, t) => {
  const world = await livedIn(things);
  for (const whole of [world.sqlite, world.postgres]) {
    const agrees = await whole.verify();
    assert.deepEqual([agrees.code, agrees.differences, agrees.looked_at.accounts], [0, [], 4]);
    assert.equal(agrees.looked_at.events, agrees.position);
    const cases = DAMAGES.map((damage) => ({ ...damage, name: `${whole.kind}: ${damage.name}` }));
    await table(t, cases, async ({ finds, sql }) => {
      const store = await whole.damaged(things, sql(whole, world));
      const report = await store.verify();
      assert.deepEqual([report.code, Object.keys(report.counts).sort()], [1, finds], JSON.stringify(report.differences));
      assert.ok(report.differences.every(namesThePlace), JSON.stringify(report.differences));
    });
    for (const repaired of [1, 2]) await isMended(things, whole, world, repaired);
    await isLeftAlone(things, whole);
  }
  await isAskedAbout(things, world.sqlite);
});

/** All damages of projections that do not exclude each other, mended at once. */
async function isMended(things, whole, world, group) {
  const store = await whole.copy(things);
  const [expected, others] = [await whole.rows(PROJECTIONS), await whole.rows(OTHERS)];
  const damages = DAMAGES.filter((damage) => damage.repaired === group);
  await store.sql(damages.map(({ sql }) => sql(store, world)).join(';\n'));
  assert.notDeepEqual(await store.rows(PROJECTIONS), expected);
  const mended = await store.verify('--repair-projections');
  assert.deepEqual([mended.code, mended.differences, mended.agrees], [0, [], true]);
  assert.ok(mended.repaired.length > 0);
  assert.deepEqual(await store.rows(PROJECTIONS), expected);
  assert.deepEqual(await store.rows(OTHERS), others, 'nothing else is touched');
}

/** A log that is damaged itself cannot say what its projections should be. */
async function isLeftAlone(things, whole) {
  const store = await whole.copy(things);
  await store.sql('delete from members;\nupdate events set at = 1 where position = 20');
  const before = await store.rows([...PROJECTIONS, ...OTHERS]);
  const refused = await store.confab(['verify', '--repair-projections']);
  assert.deepEqual([refused.code, /the log itself is damaged/.test(refused.stderr)], [3, true], refused.stderr);
  assert.match(refused.stdout, /time-order: position 20 stream .* expected at ≥ \d+, there is at 1$/m);
  assert.deepEqual(await store.rows([...PROJECTIONS, ...OTHERS]), before);
}

async function isAskedAbout(things, whole) {
  const store = await whole.copy(things);
  const strays = Array.from({ length: 101 }, (_, i) => `(x'${(i + 1).toString(16).padStart(32, '0')}', 'group', 0, 'public', 5)`);
  await store.sql(`insert into streams (id, kind, guard_seq, visibility, created_at) values ${strays.join(', ')}`);
  const asked = await store.confab(['verify', '--repair-projections']);
  assert.deepEqual([asked.code, /101 streams differ.*--yes/.test(asked.stderr)], [3, true], asked.stderr);
  const done = await store.verify('--repair-projections', '--yes');
  assert.deepEqual([done.code, done.repaired.length], [0, 101]);
}

scenario('it agrees while people write, on both databases', async (things) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0 });
  const places = [
    { urls: [server.url], store: new SqliteFile(server.cwd), settings: {} },
    { urls: fleet.apiUrls, settings: fleet.settings },
  ];
  for (const { urls, settings, store } of places) {
    const people = await signUpMany(urls, ['ann', 'ben', 'cleo']);
    const { id } = await people[0].createGroup('all', [people[1].id]);
    let running = true;
    const talk = people.slice(0, 2).map(async (person, at) => {
      while (running) await person.send(id, 'on and on', { at });
    });
    const come = (async () => {
      while (running) {
        await people[2].must(201, `POST /api/conversations/${id}/members`);
        await people[2].must(204, `DELETE /api/conversations/${id}/members/me`);
      }
    })();
    const seen = [];
    for (let round = 0; round < 8; round++) {
      const child = await confab(['verify', '--json', '--no-nats'], settings, { cwd: store?.cwd });
      assert.equal(child.code, 0, child.stdout + child.stderr);
      seen.push(JSON.parse(child.stdout).position);
    }
    running = false;
    await Promise.all([...talk, come]);
    assert.ok(seen.at(-1) > seen[0], `the log went on meanwhile: ${seen}`);
  }
});

scenario('its exit code says what it found, and a terminal shows how far it is', async (things) => {
  const nothing = await SqliteFile.empty(things);
  const missing = await nothing.confab(['verify']);
  assert.deepEqual([missing.code, /database\.url/.test(missing.stderr)], [3, true], missing.stderr);
  assert.deepEqual(await fs.readdir(nothing.cwd), [], 'nothing was made on the side');
  assert.equal((await nothing.confab(['verify', '--nats'])).code, 64, 'CONFAB_LOG without NATS');
  assert.equal((await nothing.confab(['verify', '--yes'])).code, 2);

  await mustRun(nothing, ['demo', '--messages', '600']);
  const files = await fs.readdir(`${nothing.cwd}/data`);
  const shown = await onTerminal(['verify'], nothing.settings, { cwd: nothing.cwd });
  assert.equal(shown.code, 0);
  assert.match(shown.screen, /█+░* \d+ of \d+ events looked at/);
  assert.match(shown.screen, /all agrees\n$/);
  assert.deepEqual((await nothing.confab(['verify'])).stdout.split(' ').slice(0, 3), ['looked', 'at', `${(await nothing.verify()).position}`]);
  assert.deepEqual(await fs.readdir(`${nothing.cwd}/data`), files);
  await nothing.sql('delete from members');
  const text = await nothing.confab(['verify']);
  assert.deepEqual([text.code, text.stderr], [1, '']);
  assert.match(text.stdout, /^members: stream [0-9a-f-]{36}: expected role owner of [0-9a-f-]{36}, there is no row$/m);
});

async function mustRun(store, args) {
  const child = await store.confab(args);
  assert.equal(child.code, 0, child.stderr);
  return child;
}

scenario('the login of an API looks and copies, the one that migrates mends and reads in', async (things) => {
  const deployed = await Deployed.create(things);
  const as = async (role, ...args) => confab(args, await deployed.settings(role), { cwd });
  const cwd = await things.folder();
  assert.equal((await as('migrate', 'migrate')).code, 0);
  assert.equal((await confab(['demo', '--messages', '50'], { database: { url: await deployed.databaseUrl('api') } })).code, 0);
  assert.equal((await as('api', 'verify', '--no-nats')).code, 0);
  assert.equal((await as('api', 'export', 'whole')).code, 0);
  const api = await Confab.start(things, { role: ['api'], settings: await deployed.settings('api') });
  const withNats = await as('api', 'verify', '--nats');
  assert.equal(withNats.code, 0, withNats.stdout + withNats.stderr);
  await api.stop();
  assert.equal((await as('gateway', 'verify', '--no-nats')).code, 3, 'a gateway reads no account');
  assert.equal((await as('gateway', 'export', 'mine')).code, 1);
  await assert.rejects(fs.stat(`${cwd}/mine`), 'half an export is removed');

  await deployed.database.query('delete from members');
  const refused = await as('api', 'verify', '--no-nats', '--repair-projections');
  assert.deepEqual([refused.code, /this login may not write.*owns the database/.test(refused.stderr)], [3, true], refused.stderr);
  const imported = await as('api', 'import', 'whole');
  assert.deepEqual([imported.code, /this login may not write/.test(imported.stderr)], [1, true], imported.stderr);
  const mended = await as('migrate', 'verify', '--repair-projections');
  assert.equal(mended.code, 0, mended.stdout + mended.stderr);
  const full = await as('migrate', 'import', 'whole');
  assert.deepEqual([full.code, /not empty/.test(full.stderr)], [1, true], full.stderr);
});
