// Settings and what they point to: mistakes are all listed at once; servers that are away at start or
// later stop nothing that does not need them, and all heals by itself.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Confab, confab, merge } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { Person, signUpMany } from './harness/http.mjs';
import { NatsServer } from './harness/nats.mjs';
import { freePort } from './harness/ports.mjs';
import { Database } from './harness/postgres.mjs';
import { Proxy } from './harness/proxy.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { TRANSPORTS } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

const FILE = `
[http]
listen = "nowhere"
colour = "blue"

[limits]
message_bytes = "many"

[gateway]
sweep_millis = -5

[kitchen]
sink = true
`;
const IN_FILE = ['http.listen', 'http.colour', 'limits.message_bytes', 'gateway.sweep_millis', 'kitchen'];
const IN_ENVIRONMENT = {
  http: { public_url: 'not a url', header_timeout_seconds: 'soon', nonsense: 'x' },
  log: { format: 'xml' },
  auth: { session_days: '-1' },
  database: { url: 'mysql://somewhere/else' },
};
const FROM_ENVIRONMENT = ['http.public_url', 'http.header_timeout_seconds', 'http.nonsense', 'log.format', 'auth.session_days', 'database.url'];

scenario('every mistake in the settings is listed at once, exit 64', async (things, t) => {
  const folder = await things.folder();
  const file = path.join(folder, 'confab.toml');
  await fs.writeFile(file, FILE);
  const cases = [
    { name: 'confab', args: [] }, { name: 'confab config check', args: ['config', 'check'] },
    { name: 'confab api', args: ['api'] }, { name: 'confab gateway', args: ['gateway'] }, { name: 'confab migrate', args: ['migrate'] },
  ];
  await table(t, cases, async ({ args }) => {
    const child = await confab([...args, '--config', file], IN_ENVIRONMENT, { cwd: folder });
    assert.equal(child.code, 64, child.stderr);
    for (const key of [...IN_FILE, ...FROM_ENVIRONMENT]) assert.ok(child.stderr.includes(key), `${key} is not named in:\n${child.stderr}`);
    assert.equal(child.stdout, '');
  });
  await assert.rejects(fs.access(path.join(folder, 'data')), 'nothing was started');
});

scenario('other settings that cannot work', async (things, t) => {
  const folder = await things.folder();
  const broken = path.join(folder, 'broken.toml');
  await fs.writeFile(broken, '[http\nlisten = 1');
  const cases = [
    { name: 'a file that is not there', args: ['--config', path.join(folder, 'none.toml')], says: /none\.toml/ },
    { name: 'a file that is no TOML', args: ['--config', broken], says: /broken\.toml/ },
    { name: 'api on SQLite without NATS', args: ['api'], says: /database\.url[^]*nats\.url|nats\.url[^]*database\.url/ },
    { name: 'gateway on SQLite without NATS', args: ['gateway'], says: /database\.url[^]*nats\.url|nats\.url[^]*database\.url/ },
    { name: 'a secret file that is not there', settings: { database: { url_file: path.join(folder, 'no-secret') } }, says: /database\.url_file/ },
    { name: 'a database address with a wrong parameter', settings: { database: { url: 'postgres://h/d?sslmode=odd' } }, says: /database\.url/ },
    { name: 'a NATS address that is none', settings: { nats: { url: 'http://[' } }, says: /nats\.url/ },
    { name: 'limits that contradict their range', settings: { limits: { message_bytes: 0, page_events: 0 } }, says: /limits\.message_bytes[^]*limits\.page_events|limits\.page_events[^]*limits\.message_bytes/ },
  ];
  await table(t, cases, async ({ args = [], settings, says }) => {
    const child = await confab(args, settings, { cwd: folder });
    assert.equal(child.code, 64, child.stderr);
    assert.match(child.stderr, says);
  });
  const good = await confab(['config', 'check'], {}, { cwd: folder });
  assert.equal(good.code, 0, good.stderr);
});

scenario('config print hides secrets', async (things) => {
  const folder = await things.folder();
  const settings = { database: { url: 'postgres://me:S3CRET@127.0.0.1/confab' }, nats: { url: 'nats://127.0.0.1:4333' } };
  const child = await confab(['config', 'print'], settings, { cwd: folder });
  assert.equal(child.code, 0, child.stderr);
  assert.ok(!(child.stdout + child.stderr).includes('S3CRET'));
  assert.match(child.stdout, /4333/);
});

scenario('a port that is taken is an error that names it, exit 1', async (things) => {
  const first = await Confab.start(things);
  const child = await confab([], { http: { listen: `127.0.0.1:${first.port}` } }, { cwd: await things.folder() });
  assert.equal(child.code, 1, child.stderr);
  assert.match(child.stderr, new RegExp(`${first.port}`));
});

scenario('a store that was not migrated is refused with what to do', async (things) => {
  const [database, nats] = [await Database.create(things), await NatsServer.create(things)];
  for (const role of ['api', 'gateway']) {
    const settings = { database: { url: database.url }, nats: { url: nats.url }, http: { listen: `127.0.0.1:${await freePort()}` } };
    const child = await confab([role], settings);
    assert.equal(child.code, 1, child.stderr);
    assert.match(child.stderr, /confab migrate/);
  }
});

scenario('Postgres away at start: visible retries, then a clear error without the password', async (things, t) => {
  const port = await freePort();
  const settings = {
    database: { url: `postgres://me:S3CRET@127.0.0.1:${port}/confab`, connect_timeout_seconds: 3 },
    nats: { url: `nats://127.0.0.1:${port}` },
    http: { listen: `127.0.0.1:${await freePort()}` },
  };
  await table(t, ['api', 'gateway', 'migrate'].map((name) => ({ name })), async ({ name }) => {
    const child = await confab([name], settings, { cwd: await things.folder() });
    assert.equal(child.code, 1, child.stderr);
    assert.match(child.stderr, /database/i);
    assert.ok(child.stderr.trim().split('\n').length >= 2, `a retry and an error are to be seen:\n${child.stderr}`);
    assert.ok(!(child.stderr + child.stdout).includes('S3CRET'), 'the password is not shown');
  });
});

scenario('Postgres that comes late is waited for', async (things) => {
  const database = await Database.create(things);
  const nats = await NatsServer.create(things);
  const settings = { nats: { url: nats.url }, database: { url: database.url } };
  assert.equal((await confab(['migrate'], settings)).code, 0);
  const proxy = await Proxy.create(things, database.address, { open: false });
  const server = await Confab.create(things, { role: ['api'], settings: merge(settings, { database: { url: database.through(proxy.port) } }) });
  server.launch();
  await until('a word about the database', () => /database/i.test(server.log()));
  await proxy.heal();
  await until('the server to be ready', async () => (await server.readiness())?.status === 200);
});

scenario('Postgres away later: 503 with Retry-After, and all heals by itself', async (things) => {
  let proxy;
  const fleet = await Fleet.start(things, {
    databaseUrl: async (database) => {
      proxy = await Proxy.create(things, database.address);
      return database.through(proxy.port);
    },
  });
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const { id } = await ann.createGroup('patient', [ben.id]);
  const clients = TRANSPORTS.map((transport) => ChatClient.create(things, { person: ben, urls: fleet.gatewayUrls, transport }));
  for (const client of clients) {
    client.open(id, { after: 0 });
    await client.start().settled();
  }
  await ann.send(id, 'before');

  await proxy.cut();
  for (const [line, body] of [[`POST /api/conversations/${id}/messages`, { body: 'lost' }], ['GET /api/conversations', undefined], [`GET /api/conversations/${id}/messages`, undefined]]) {
    const answer = await ann.call(line, body);
    assert.deepEqual([answer.status, answer.json?.code], [503, 'unavailable'], `${line}: ${answer.text}`);
    assert.ok(Number(answer.headers.get('retry-after')) > 0, `Retry-After of ${line}`);
  }
  for (const server of [...fleet.apis, ...fleet.gateways]) {
    const { body } = await until(`${server.label} to be not ready`, async () => {
      const readiness = await server.readiness();
      return readiness?.status === 503 && readiness;
    });
    assert.deepEqual([body.status, body.store], ['away', 'away']);
  }
  const waiting = ann.send(id, 'sent while it is away');
  await proxy.heal();
  await waiting;
  for (const server of [...fleet.apis, ...fleet.gateways]) await until(`${server.label} to be ready`, async () => (await server.readiness())?.status === 200);
  await ann.send(id, 'after');
  const log = await ann.log(id);
  for (const client of clients) {
    await client.settled();
    await reaches(client.room(id), log.seq, client.label);
    holdsLog(client.room(id), log, client.label);
  }
});

scenario('NATS away at start stops nothing', async (things) => {
  const nats = await NatsServer.create(things, { running: false });
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2, natsUrl: () => nats.url });
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const { id } = await ann.createGroup('alone');
  const clients = fleet.gatewayUrls.map((url, i) => ChatClient.create(things, { person: ann, urls: [url], transport: TRANSPORTS[i] }));
  for (const client of clients) {
    client.open(id, { after: 0 });
    await client.start().settled();
  }
  for (let n = 0; n < 20; n++) await ann.send(id, `message ${n}`, { at: n });
  let log = await ann.log(id);
  for (const client of clients) await reaches(client.room(id), log.seq, client.label);
  for (const server of [...fleet.apis, ...fleet.gateways]) assert.deepEqual((await server.readiness()).body, { status: 'ok', store: 'ok', bus: 'away' });

  await nats.start();
  for (const server of [...fleet.apis, ...fleet.gateways]) await until(`${server.label} to see NATS`, async () => (await server.readiness())?.body.bus === 'ok');
  for (let n = 20; n < 40; n++) await ann.send(id, `message ${n}`, { at: n });
  log = await ann.log(id);
  for (const client of clients) {
    await reaches(client.room(id), log.seq, client.label);
    holdsLog(client.room(id), log, client.label);
  }
});
