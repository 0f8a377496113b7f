// What each role must not do, tried with the very files of `deploy/`: the logins of PostgreSQL, the users of
// NATS. And that a fleet needs no more than these rights.

import assert from 'node:assert/strict';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Confab, confab, merge } from './harness/confab.mjs';
import { Deployed, LOGINS } from './harness/deployed.mjs';
import { ROOMY } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { NatsLine } from './harness/nats-line.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { until } from './harness/wait.mjs';

const DENIED = /permission denied|must be owner|must be superuser/;
const ID = '0198c0de-0000-7000-8000-00000000000a';

/** What neither the API nor a gateway may say to the database. */
const NEITHER = [
  `insert into events select * from events`,
  `update events set data = '{}'`,
  `delete from events`,
  `truncate events`,
  `update streams set name = 'mine'`,
  `delete from streams`,
  `insert into members select * from members`,
  `update members set role = 'owner'`,
  `delete from members`,
  `update store set epoch = 0`,
  `delete from _sqlx_migrations`,
  `create table mine (x int)`,
  `create temporary table mine (x int)`,
  `create schema mine`,
  `alter table events add column mine int`,
  `drop table events`,
  `drop function confab_epoch()`,
  `create role mine`,
  `set role confab_migrate_login`,
  `select rolpassword from pg_authid`,
  `select pg_read_file('PG_VERSION')`,
  `copy (select 1) to program 'true'`,
];
const GATEWAY = [
  ...NEITHER,
  `set role confab_api`,
  `select * from users`,
  `select * from credentials`,
  `select * from read_marks`,
  `insert into streams (id, kind, guard_seq, visibility, created_at) values ('${ID}', 'user', 0, 'private', 0)`,
  `delete from sessions`,
  `update sessions set expires_at = 0`,
  `call append_plain('[]', null)`,
  `call append_rule('{}', null)`,
  `select confab_append_plain('[]')`,
  `select confab_append_rule('{}')`,
];
const API = [...NEITHER, `set role confab_gateway`];

scenario('the logins of the database can do what their roles need, and nothing else', async (things, t) => {
  const deployed = await Deployed.create(things);
  const migrated = await confab(['migrate'], await deployed.settings('migrate'));
  assert.equal(migrated.code, 0, migrated.stderr);

  const forbidden = [...API.map((sql) => ({ role: 'api', sql })), ...GATEWAY.map((sql) => ({ role: 'gateway', sql }))];
  await table(t, forbidden.map((one) => ({ ...one, name: `${one.role}: ${one.sql}` })), async ({ role, sql }) => {
    const { code, stderr } = await deployed.sql(role, sql);
    assert.notEqual(code, 0, 'it was allowed');
    assert.match(stderr, DENIED);
  });

  for (const login of LOGINS) {
    const rights = 'rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls';
    const [row] = await deployed.database.query(`select ${rights} from pg_roles where rolname = '${login}'`);
    assert.deepEqual(row, ['f', 'f', 'f', 'f', 'f'], `${login}: ${rights}`);
  }
  // Tables that come later count, too: a gateway writes nowhere, the API never into the log or its projections.
  const writable = (login) => deployed.database.query(`select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'S')
      and has_table_privilege('${login}', c.oid, 'insert, update, delete, truncate, trigger, references') order by 1`);
  assert.deepEqual(await writable('confab_gateway_login'), []);
  const log = new Set(['events', 'members', 'streams', 'store', 'log_head', '_sqlx_migrations']);
  assert.deepEqual((await writable('confab_api_login')).flat().filter((name) => log.has(name)), []);

  for (const role of ['api', 'gateway']) {
    for (const command of ['migrate', 'restored']) {
      const child = await confab([command], await deployed.settings(role));
      assert.equal(child.code, 1, `${role}: ${command}`);
      assert.match(child.stderr, DENIED);
    }
  }
});

scenario('a changed password holds after the logins were made again', async (things) => {
  const deployed = await Deployed.create(things);
  await deployed.runLogins();
  const { code, stderr } = await deployed.sql('api', 'select 1');
  assert.equal(code, 0, stderr);
});

const REQUESTS = {
  foreignStream: ['$JS.API.STREAM.CREATE.OTHER', '$JS.API.STREAM.DELETE.OTHER', '$JS.API.STREAM.PURGE.OTHER', '$JS.API.STREAM.INFO.OTHER', '$JS.API.STREAM.LIST', '$JS.API.STREAM.NAMES'],
  changesLog: ['$JS.API.STREAM.CREATE.CONFAB_LOG', '$JS.API.STREAM.UPDATE.CONFAB_LOG', '$JS.API.STREAM.DELETE.CONFAB_LOG', '$JS.API.STREAM.PURGE.CONFAB_LOG', '$JS.API.STREAM.MSG.DELETE.CONFAB_LOG', '$JS.API.STREAM.RESTORE.CONFAB_LOG'],
  readsLog: ['$JS.API.STREAM.INFO.CONFAB_LOG', '$JS.API.STREAM.MSG.GET.CONFAB_LOG', '$JS.API.DIRECT.GET.CONFAB_LOG', '$JS.API.STREAM.SNAPSHOT.CONFAB_LOG', '$JS.API.CONSUMER.CREATE.CONFAB_LOG', '$JS.API.CONSUMER.DURABLE.CREATE.CONFAB_LOG.mine'],
};
const SUBJECTS = {
  live: [`confab.live.${ID}`, `confab.live.user.${ID}`],
  log: [`confab.log.message.posted.${ID}`],
  signal: [`confab.signal.${ID}`, `confab.signal.user.${ID}`],
  other: ['other', 'confab.other', '_INBOX.somebody.else', '$SYS.REQ.SERVER.PING'],
};
const NATS_ROLES = {
  api: {
    mayPublish: [...SUBJECTS.live, ...SUBJECTS.log, ...SUBJECTS.signal],
    mustNotPublish: [...SUBJECTS.other, ...REQUESTS.foreignStream, '$JS.API.CONSUMER.CREATE.CONFAB_LOG', '$JS.API.STREAM.RESTORE.CONFAB_LOG'],
    maySubscribe: [...SUBJECTS.signal, 'confab.signal.>', '_INBOX.mine.>'],
    mustNotSubscribe: [...SUBJECTS.live, ...SUBJECTS.log, '>', '$SYS.>', '$JS.>'],
  },
  gateway: {
    mayPublish: SUBJECTS.signal,
    mustNotPublish: [...SUBJECTS.live, ...SUBJECTS.log, ...SUBJECTS.other, ...Object.values(REQUESTS).flat(), '$JS.API.INFO', '$JS.ACK.CONFAB_LOG.mine.1.1.1.1.1'],
    maySubscribe: [...SUBJECTS.live, ...SUBJECTS.signal],
    mustNotSubscribe: [...SUBJECTS.log, '_INBOX.>', '>', '$SYS.>', '$JS.>'],
  },
  consumer: {
    mayPublish: ['$JS.ACK.CONFAB_LOG.mine.1.1.1.1.1'],
    mustNotPublish: [...SUBJECTS.live, ...SUBJECTS.log, ...SUBJECTS.signal, ...SUBJECTS.other, ...REQUESTS.changesLog, ...REQUESTS.foreignStream],
    maySubscribe: [SUBJECTS.live[0], 'confab.live.*', '_INBOX.mine.>'],
    mustNotSubscribe: [SUBJECTS.live[1], ...SUBJECTS.log, ...SUBJECTS.signal, '>', '$SYS.>', '$JS.>'],
  },
};

scenario('each user of NATS may publish and subscribe what its role needs, and nothing else', async (things, t) => {
  const deployed = await Deployed.create(things);
  const { url } = deployed.nats;
  await assert.rejects(NatsLine.open(things, url), /Authorization Violation/, 'without a login');
  await assert.rejects(NatsLine.open(things, url, { user: 'api', pass: 'guessed' }), /Authorization Violation/);

  for (const [role, rights] of Object.entries(NATS_ROLES)) {
    const line = await NatsLine.open(things, url, { user: role, pass: await deployed.secret(`nats_${role}_password`) });
    const cases = [
      ...rights.mayPublish.map((subject) => ({ act: 'publish', subject, allowed: true })),
      ...rights.mustNotPublish.map((subject) => ({ act: 'publish', subject, allowed: false })),
      ...rights.maySubscribe.map((subject) => ({ act: 'subscribe', subject, allowed: true })),
      ...rights.mustNotSubscribe.map((subject) => ({ act: 'subscribe', subject, allowed: false })),
    ];
    const named = cases.map((one) => ({ ...one, name: `${role} ${one.allowed ? 'may' : 'must not'} ${one.act} ${one.subject}` }));
    await table(t, named, async ({ act, subject, allowed }) => {
      const refusals = await line[act](subject);
      const word = act === 'publish' ? 'Publish' : 'Subscription';
      const violation = new RegExp(`^'Permissions Violation for ${word} to "${subject.replace(/[.$*]/g, '\\$&')}"`, 'i');
      assert.equal(refusals.length, allowed ? 0 : 1, `${refusals}`);
      if (!allowed) assert.match(refusals[0], violation);
    });
  }
});

scenario('the API keeps CONFAB_LOG and a consumer reads it, by these rights', async (things) => {
  const deployed = await Deployed.create(things);
  const [api, consumer] = await Promise.all(['api', 'consumer'].map(async (user) => {
    const line = await NatsLine.open(things, deployed.nats.url, { user, pass: await deployed.secret(`nats_${user}_password`) });
    assert.deepEqual(await line.subscribe(line.inbox), []);
    return line;
  }));
  const stream = { name: 'CONFAB_LOG', subjects: ['confab.log.>'], retention: 'limits', storage: 'file', num_replicas: 1, allow_direct: true };
  const must = async (line, what, body, options) => {
    const answer = await line.ask(what, body, options);
    assert.equal(answer.error, undefined, `${what}: ${JSON.stringify(answer.error)}`);
    return answer;
  };
  await must(api, '$JS.API.STREAM.CREATE.CONFAB_LOG', stream);
  await must(api, '$JS.API.STREAM.UPDATE.CONFAB_LOG', { ...stream, description: 'an epoch' });
  const ack = await must(api, SUBJECTS.log[0], '{"seq":1}', { headers: { 'Nats-Expected-Last-Sequence': 0 } });
  assert.deepEqual([ack.stream, ack.seq], ['CONFAB_LOG', 1]);
  assert.equal((await must(api, '$JS.API.STREAM.INFO.CONFAB_LOG')).config.description, 'an epoch');
  await must(api, '$JS.API.STREAM.MSG.GET.CONFAB_LOG', { seq: 1 });

  const config = { durable_name: 'mine', ack_policy: 'explicit', deliver_policy: 'all' };
  await must(consumer, '$JS.API.CONSUMER.DURABLE.CREATE.CONFAB_LOG.mine', { stream_name: 'CONFAB_LOG', config });
  assert.deepEqual(await must(consumer, '$JS.API.CONSUMER.MSG.NEXT.CONFAB_LOG.mine', { batch: 1 }), { seq: 1 });
  await must(consumer, '$JS.API.CONSUMER.DELETE.CONFAB_LOG.mine');
  assert.equal((await must(api, '$JS.API.STREAM.DELETE.CONFAB_LOG')).success, true);
  // The account has room for the log and nothing else.
  const inMemory = await api.ask('$JS.API.STREAM.CREATE.CONFAB_LOG', { ...stream, storage: 'memory' });
  assert.ok(inMemory.error, 'a stream in memory was made');
});

scenario('a fleet runs well with exactly these rights', async (things) => {
  const deployed = await Deployed.create(things);
  const settings = async (role) => merge(ROOMY, await deployed.settings(role));
  assert.equal((await confab(['migrate'], await settings('migrate'))).code, 0);
  const apis = [];
  const gateways = [];
  for (const number of [1, 2]) {
    apis.push(await Confab.start(things, { role: ['api'], label: `api ${number}`, settings: await settings('api') }));
    gateways.push(await Confab.start(things, { role: ['gateway'], label: `gateway ${number}`, settings: await settings('gateway') }));
  }
  const servers = [...apis, ...gateways];
  for (const server of servers) {
    await until(`${server.label} to reach NATS`, async () => (await server.readiness())?.body.bus === 'ok');
  }

  const consumer = await NatsLine.open(things, deployed.nats.url, { user: 'consumer', pass: await deployed.secret('nats_consumer_password') });
  await consumer.subscribe(consumer.inbox);
  const relayed = async () => {
    const [[last]] = await deployed.database.query('select max(position) from events');
    await until('everything to stand in CONFAB_LOG', async () => {
      const { state } = await consumer.ask('$JS.API.STREAM.INFO.CONFAB_LOG');
      return state?.last_seq === Number(last) && state.messages === Number(last);
    });
  };

  const [ada, ben, cleo] = await signUpMany(apis.map((api) => api.url), ['ada', 'ben', 'cleo']);
  const group = await ada.createGroup('everything', [ben.id]);
  const clients = gateways.map((gateway, n) => {
    const client = ChatClient.create(things, { person: [ada, ben][n], urls: [gateway.url], transport: ['websocket', 'polling'][n] });
    client.open(group.id, { after: 0 });
    return client.start();
  });
  for (const client of clients) await client.settled();
  for (let n = 0; n < 50; n++) await [ada, ben][n % 2].send(group.id, `message ${n}`, { at: n });
  await cleo.must(201, `POST /api/conversations/${group.id}/members`, {});

  const log = await ada.log(group.id);
  for (const client of clients) {
    await reaches(client.room(group.id), log.seq, client.label);
    holdsLog(client.room(group.id), log, client.label);
  }
  await relayed();
  const restored = await confab(['restored'], await settings('migrate'));
  assert.equal(restored.code, 0, restored.stderr);
  await until('the clients to be told', () => clients.every((client) => client.resets.length > 0));
  for (const client of clients) {
    await client.settled();
    await reaches(client.room(group.id), log.seq, client.label);
  }
  await relayed();
  for (const server of servers) assert.doesNotMatch(server.log(), /refused|permission denied/i, server.label);
});
