// Each metric moves when, and by, what it is about: a table of metric and cause over a fleet. And
// `/metrics` is not to be had where everybody comes.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { Fleet } from './harness/fleet.mjs';
import { request, signUpMany } from './harness/http.mjs';
import { metrics, moves } from './harness/metrics.mjs';
import { publish } from './harness/nats-publish.mjs';
import { Polling } from './harness/polling.mjs';
import { freePort } from './harness/ports.mjs';
import { Proxy } from './harness/proxy.mjs';
import { PushService } from './harness/push-service.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { ask, connected, outcome, stock } from './harness/stock.mjs';
import { together, until } from './harness/wait.mjs';
import { namesAsked } from './observe.mjs';

/** The lock under which the log gives out its numbers: migrations/postgres/0003_append.sql. */
const LOCK = 4823571096;

/** A fleet of one API and one gateway that tell their metrics, over a database that can be taken away. */
class Observed {
  static async start(things) {
    const observed = new Observed();
    const [api, gateway] = [await freePort(), await freePort()];
    Object.assign(observed, { things, api: `http://127.0.0.1:${api}`, gateway: `http://127.0.0.1:${gateway}` });
    observed.pushes = await PushService.create(things);
    const push = { endpoints: [observed.pushes.origin], contact: 'mailto:op@example.org', delay_seconds: 0 };
    observed.fleet = await Fleet.start(things, {
      settings: { push, metrics: { listen: `127.0.0.1:${api}` }, limits: { messages_burst: 10, messages_per_second: 10, page_events: 5 } },
      gatewaySettings: { metrics: { listen: `127.0.0.1:${gateway}` } },
      databaseUrl: async (database) => {
        observed.proxy = await Proxy.create(things, database.address);
        return database.through(observed.proxy.port);
      },
    });
    [observed.anna, observed.ben] = await signUpMany(observed.fleet.apiUrls, ['anna', 'ben']);
    observed.group = await observed.anna.createGroup('group', [observed.ben.id]);
    return observed;
  }

  get url() {
    return this.fleet.gatewayUrls[0];
  }

  /** Posts once, limited as anybody is. */
  call(fields = {}) {
    return this.ben.call(`POST /api/conversations/${this.group.id}/messages`, { body: 'hello', ...fields });
  }

  /** Like `call`, as soon as it is within the limit; gives the status. */
  answered(fields) {
    return until('an answer within the limit', async () => {
      const { status } = await this.call(fields);
      return status !== 429 && status;
    });
  }

  /** Posts until it is answered. */
  async post(options) {
    return (await this.anna.send(this.group.id, 'hello', options)).status;
  }

  connect(transport) {
    return connected(this.things, this.url, this.anna.token, transport);
  }

  /** A socket that listens to the group. */
  async listener() {
    const socket = await this.connect();
    assert.equal((await ask(socket, 'joinConversation', this.group.id)).ok, true);
    return socket;
  }

  /** Does `work` while the database cannot be reached. */
  async withoutDatabase(work) {
    await this.proxy.cut();
    await work();
    await this.proxy.heal();
    const servers = [...this.fleet.apis, ...this.fleet.gateways];
    await until('all to be ready', async () => (await Promise.all(servers.map((one) => one.readiness()))).every((answer) => answer?.status === 200));
  }

  /** Waits for one sample to be what it should. */
  becomes(url, name, labels, fits) {
    return until(`${name} ${JSON.stringify(labels)}`, async () => fits((await metrics(url)).value(name, labels)));
  }
}

const twice = async (o) => {
  const clientId = randomUUID();
  for (const status of [201, 200]) assert.equal(await o.post({ clientId }), status);
};

const reused = async (o) => {
  const clientId = randomUUID();
  for (const [body, status] of [['one', 201], ['two', 409]]) assert.equal(await o.answered({ clientId, body }), status);
};

const join = async (o, ...args) => ask(await o.connect(), 'joinConversation', ...args);

/** Somebody whose browser is closed is told of a message. */
const pushed = async (o) => {
  const browser = o.pushes.browser();
  await o.ben.must(204, 'PUT /api/me/push', browser.subscription);
  const { conversation } = await o.anna.must(201, 'POST /api/conversations', { kind: 'direct', userId: o.ben.id });
  await o.anna.send(conversation.id, 'are you there?');
  await o.pushes.told(browser, 1);
};

const refused = async (o) => {
  const socket = stock(o.things, o.url, { auth: { token: 'nonsense' } });
  assert.equal(await outcome(socket), 'unauthorized');
};

/** A message about an event that is far ahead: nothing ever fills the hole before it. */
const hole = async (o) => {
  await o.listener();
  const { epoch } = await o.anna.must(200, `GET /api/conversations/${o.group.id}/messages`);
  const headers = { 'Confab-Seq': 9999, 'Confab-Position': 9999, 'Confab-Type': 'message.posted', 'Confab-Epoch': epoch };
  await publish(o.fleet.nats.port, `confab.live.${o.group.id}`, headers, '{}');
};

const withoutNats = async (o) => {
  const socket = await o.listener();
  const came = new Promise((resolve) => { socket.once('message.posted', resolve); });
  await o.fleet.nats.kill();
  await o.becomes(o.gateway, 'confab_bus_connected', {}, (value) => value === 0);
  await o.post();
  await came;
  await o.fleet.nats.start();
  for (const url of [o.api, o.gateway]) await o.becomes(url, 'confab_bus_connected', {}, (value) => value === 1);
};

/** Somebody holds the one lock of the log for longer than a command is tried. */
const queued = async (o) => {
  const held = o.fleet.database.query(`begin; select pg_advisory_xact_lock(${LOCK}); select pg_sleep(7); commit`);
  await until('the lock to be held', async () => (await o.fleet.database.query("select 1 from pg_locks where locktype = 'advisory' and granted")).length > 0);
  const sent = together(8, Array(8).keys(), () => o.answered());
  await o.becomes(o.api, 'confab_append_queue_commands', {}, (value) => value > 0);
  for (const status of await sent) assert.ok([201, 503].includes(status), `${status}`);
  await held;
  await o.becomes(o.api, 'confab_append_queue_commands', {}, (value) => value === 0);
};

const flood = (o) => together(60, Array(60).keys(), () => o.call());

/** A new epoch: the stream is made anew and filled again. */
const renewed = async (o) => {
  await o.fleet.confab(['restored']);
  await o.becomes(o.api, 'confab_relay_refills_total', { why: 'epoch' }, (value) => value > 0);
  // Full is what holds an event more than the stream of before.
  await o.post();
  const [[head]] = await o.fleet.database.query('select position from log_head');
  await o.becomes(o.api, 'confab_relay_position', {}, (value) => value === Number(head));
};

/** NATS takes what the relay publishes, and does not say so. */
const stall = async (o) => {
  o.fleet.nats.child.send('SIGSTOP');
  await o.post();
  await o.becomes(o.api, 'confab_relay_lag_seconds', {}, (value) => value > 0);
};

const API = [
  // First, while the stream is as it was made, without any message.
  ['confab_relay_position', {}, (o) => o.post()],
  ['confab_sends_total', { outcome: 'new' }, (o) => o.post()],
  ['confab_sends_total', { outcome: 'repeated' }, twice],
  ['confab_sends_total', { outcome: 'client_id_reused' }, reused],
  ['confab_sends_total', { outcome: 'invalid' }, (o) => o.answered({ body: '' })],
  ['confab_sends_total', { outcome: 'rate_limited' }, flood],
  ['confab_api_rate_limited_total', { limit: 'messages' }, flood],
  ['confab_api_refusals_total', { code: 'unauthorized' }, (o) => request(`${o.fleet.apiUrls[0]}/api/me`)],
  ['confab_appends_total', { outcome: 'appended' }, (o) => o.post()],
  ['confab_appends_total', { outcome: 'duplicate' }, twice],
  ['confab_appends_total', { outcome: 'reused' }, reused],
  ['confab_appends_total', { outcome: 'unavailable' }, queued],
  ['confab_append_retries_total', {}, queued],
  ['confab_append_duration_seconds_count', { kind: 'plain' }, (o) => o.post()],
  ['confab_append_duration_seconds_count', { kind: 'rule' }, (o) => o.anna.createGroup('other')],
  ['confab_append_batch_commands_sum', {}, (o) => o.post()],
  ['confab_live_published_total', {}, (o) => o.post()],
  ['confab_push_sent_total', { result: 'delivered' }, pushed],
  ['confab_bus_dropped_total', {}, withoutNats],
  ['confab_http_requests_total', { method: 'GET', route: '/api/me', status: '200' }, (o) => o.anna.call('GET /api/me')],
  ['confab_http_requests_total', { route: '/api/{*rest}', status: '404' }, (o) => o.anna.call('GET /api/nothing/here')],
  ['confab_http_request_duration_seconds_count', { route: '/api/me' }, (o) => o.anna.call('GET /api/me')],
  ['process_cpu_seconds_total', {}, flood],
  ['confab_relay_refills_total', { why: 'epoch' }, renewed],
  ['confab_relay_lag_positions', {}, stall],
  ['confab_relay_failures_total', {}, () => {}],
  ['confab_relay_position', {}, async (o) => { o.fleet.nats.child.send('SIGCONT'); await o.post(); }],
];

const GATEWAY = [
  ['confab_sockets', { transport: 'websocket' }, (o) => o.connect('websocket')],
  ['confab_sockets', { transport: 'polling' }, (o) => Polling.connect(o.url, o.anna.token)],
  ['confab_socket_connects_total', { answer: 'ok' }, (o) => o.connect()],
  ['confab_socket_connects_total', { answer: 'unauthorized' }, refused],
  ['confab_sockets_closed_total', { reason: 'left' }, async (o) => (await o.connect()).disconnect()],
  ['confab_sockets_closed_total', { reason: 'connection_lost' }, async (o) => (await o.connect()).io.engine.close()],
  ['confab_sockets_closed_total', { reason: 'session_ended' }, async (o) => {
    const again = await o.anna.signIn();
    await connected(o.things, o.url, again.token);
    await again.must(204, 'DELETE /api/sessions/current');
  }],
  ['confab_joins_total', { answer: 'ok' }, (o) => o.listener()],
  ['confab_joins_total', { answer: 'more' }, async (o) => {
    for (let n = 0; n < 8; n++) await o.post();
    assert.equal((await join(o, o.group.id, { after: 0 })).more, true);
  }],
  ['confab_joins_total', { answer: 'not_found' }, (o) => join(o, randomUUID())],
  ['confab_joins_total', { answer: 'malformed' }, (o) => join(o, 7)],
  ['confab_channels', { state: 'live' }, async (o) => {
    const { id } = await o.anna.createGroup('yet another');
    assert.equal((await join(o, id)).ok, true);
  }],
  ['confab_deliveries_total', {}, async (o) => { await o.listener(); await o.post(); }],
  ['confab_channel_events_total', { path: 'live' }, async (o) => { await o.listener(); await o.post(); }],
  ['confab_channel_events_total', { path: 'log' }, withoutNats],
  ['confab_channel_repairs_total', { reason: 'sweep' }, withoutNats],
  ['confab_channel_repairs_total', { reason: 'hole' }, hole],
  ['confab_channel_repairs_total', { reason: 'join' }, (o) => join(o, o.group.id, { after: 123_456 })],
  ['confab_sweep_duration_seconds_count', {}, () => {}],
  ['confab_sweep_failures_total', {}, (o) => o.withoutDatabase(() => o.becomes(o.gateway, 'confab_sweep_failures_total', {}, (value) => value > 0))],
  ['confab_http_requests_total', { route: '/socket.io/', status: '101' }, (o) => o.connect('websocket')],
  ['confab_resets_total', {}, (o) => o.fleet.confab(['restored'])],
];

scenario('each metric moves by what it is about', async (things, t) => {
  const observed = await Observed.start(things);
  const rows = (url, list) => list.map(([name, labels, cause]) => ({ name: `${name} ${JSON.stringify(labels)}`, url, metric: name, labels, cause }));
  const cases = [...rows(observed.api, API), ...rows(observed.gateway, GATEWAY)];
  await table(t, cases, ({ url, metric, labels, cause }) => moves(url, metric, labels, () => cause(observed)));

  await t.test('the process tells of itself', async () => {
    for (const [url, role] of [[observed.api, 'api'], [observed.gateway, 'gateway']]) {
      const page = await metrics(url);
      assert.equal(page.value('confab_build_info', { role }), 1);
      for (const name of ['process_resident_memory_bytes', 'process_open_fds', 'process_max_fds', 'process_threads']) {
        assert.ok(page.value(name) > 0, name);
      }
      assert.ok(Math.abs(Date.now() / 1000 - page.value('process_start_time_seconds')) < 3600);
    }
  });

  await t.test('no label holds who or where', async () => {
    const { anna, ben, group } = observed;
    for (const url of [observed.api, observed.gateway]) {
      const { text } = await metrics(url);
      for (const secret of [anna.id, ben.id, group.id, anna.token, 'anna', 'ben"', '127.0.0.1']) {
        assert.ok(!text.includes(secret), secret);
      }
    }
  });

  await t.test('dashboard and alerts ask only for what there is', async () => {
    const pages = [await metrics(observed.api), await metrics(observed.gateway)];
    const there = new Map();
    for (const [name, labels] of pages.flatMap((page) => [...page.names()])) {
      there.set(name, new Set([...(there.get(name) ?? []), ...labels]));
    }
    const wrong = [];
    for (const { name, labels, where } of await namesAsked()) {
      if (!there.has(name)) wrong.push(`${where}: no metric ${name}`);
      else wrong.push(...labels.filter((label) => !there.get(name).has(label)).map((label) => `${where}: ${name} has no label ${label}`));
    }
    assert.deepEqual(wrong, []);
  });
});

scenario('the public port has no metrics', async (things) => {
  const observed = await Observed.start(things);
  for (const server of [...observed.fleet.apis, ...observed.fleet.gateways]) {
    const answer = await request(`${server.url}/metrics`);
    assert.ok(!answer.text.includes('confab_build_info'), server.label);
  }
  for (const url of [observed.api, observed.gateway]) {
    assert.equal((await request(`${url}/health/ready`)).status, 200);
    assert.equal((await request(`${url}/api/me`)).status, 404);
  }
});
