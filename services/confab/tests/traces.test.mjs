// Traces over a fleet: one trace from the POST through append, live publish and NATS to the sockets of
// every gateway, with the right parents and nothing in it that people wrote; nothing at all when
// nothing is sampled; and a collector that is away harms nobody.

import assert from 'node:assert/strict';

import { Collector, traceTable } from './harness/collector.mjs';
import { Fleet } from './harness/fleet.mjs';
import { Person, signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { ask, connected } from './harness/stock.mjs';
import { sleep, until } from './harness/wait.mjs';

const SPANS = ['append wait', 'append', 'live publish', 'gateway receive', 'socket write'];
const POST = 'POST /api/conversations/{id}/messages';

const traced = (collector, more = {}) => ({ traces: { endpoint: collector.url, sample_one_in: 1, export_seconds: 1, ...more } });

/** A client that listens to a conversation and keeps the bodies of its messages. */
async function listener(things, url, person, conversationId) {
  const socket = await connected(things, url, person.token);
  const answer = await ask(socket, 'joinConversation', conversationId);
  assert.equal(answer.ok, true);
  socket.bodies = [];
  socket.on('message.posted', (event) => socket.bodies.push(event.data.body));
  return socket;
}

scenario('one trace shows a message from the POST to the sockets of each gateway', async (things, t) => {
  const collector = await Collector.create(things);
  const fleet = await Fleet.start(things, { gateways: 2, settings: traced(collector) });
  const [anna, ben] = await signUpMany(fleet.apiUrls, ['anna', 'ben']);
  const group = await anna.createGroup('secret name', [ben.id]);
  const [near, far] = fleet.gatewayUrls;
  const sockets = [
    await listener(things, near, anna, group.id), await listener(things, near, ben, group.id),
    await listener(things, far, ben, group.id),
  ];

  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const sent = await anna.call(`POST /api/conversations/${group.id}/messages`, { body: 'secret text' }, {
    headers: { traceparent: `00-${traceId}-${spanId}-01` },
  });
  assert.equal(sent.status, 201);
  assert.equal(sent.headers.get('x-request-id'), traceId);
  await until('the message at all sockets', () => sockets.every((socket) => socket.bodies.length === 1));

  const wholly = () => collector.spans.filter((span) => span.traceId === traceId).length >= 8;
  await until('all spans of the trace', wholly);
  const spans = await collector.trace(traceId, SPANS);
  t.diagnostic(`\n${traceTable(spans)}`);
  const named = (name) => spans.filter((span) => span.name === name);
  const parentOf = (span) => spans.find((parent) => parent.spanId === span.parentId)?.name;

  assert.equal(spans.length, 8, 'one per step, and two per gateway');
  const [post] = named(POST);
  assert.equal(post.parentId, spanId, 'the caller is the parent');
  assert.deepEqual(post.attributes, { 'http.request.method': 'POST', 'http.response.status_code': 201 });
  for (const name of ['append wait', 'append', 'live publish']) assert.equal(parentOf(named(name)[0]), POST);
  assert.deepEqual(named('append')[0].attributes, { 'batch.commands': 1, 'append.outcome': 'appended' });
  for (const span of named('gateway receive')) assert.equal(parentOf(span), 'live publish');
  for (const span of named('socket write')) assert.equal(parentOf(span), 'gateway receive');
  assert.deepEqual(named('socket write').map((span) => span.attributes.sockets).sort(), [1, 2]);
  assert.deepEqual(new Set(spans.map((span) => span.service)), new Set(['confab-api', 'confab-gateway']));
  for (const span of spans) assert.ok(span.end >= span.start && span.start >= post.start, span.name);

  const order = ['append wait', 'append', 'live publish', 'gateway receive'].map((name) => named(name)[0].start);
  assert.deepEqual(order, [...order].sort((a, b) => Number(a - b)));
  // No person, no text, no conversation, no token: in no span of the whole test.
  const all = JSON.stringify(collector.spans, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  for (const secret of ['secret', 'anna', group.id, anna.id, anna.token]) assert.ok(!all.includes(secret), secret);
});

scenario('nothing is exported when nothing is sampled', async (things) => {
  const collector = await Collector.create(things);
  const fleet = await Fleet.start(things, { settings: traced(collector, { sample_one_in: 0 }) });
  const anna = await Person.signUp(fleet.apiUrls, 'anna');
  const group = await anna.createGroup('group');
  const socket = await listener(things, fleet.gatewayUrls[0], anna, group.id);
  for (let n = 0; n < 20; n++) {
    const sent = await anna.call(`POST /api/conversations/${group.id}/messages`, { body: `message ${n}` });
    assert.equal(sent.status, 201);
    assert.match(sent.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
  }
  await until('all messages', () => socket.bodies.length === 20);
  // The end of a process sends what it still has.
  for (const server of [...fleet.apis, ...fleet.gateways]) assert.deepEqual(await server.stop(), { code: 0, signal: null });
  assert.equal(collector.requests, 0);
});

scenario('the chat goes on while the collector is away, which is logged once', async (things) => {
  const collector = await Collector.create(things);
  await collector.close();
  const fleet = await Fleet.start(things, { settings: traced(collector) });
  const anna = await Person.signUp(fleet.apiUrls, 'anna');
  const group = await anna.createGroup('group');
  const socket = await listener(things, fleet.gatewayUrls[0], anna, group.id);
  const [api] = fleet.apis;
  const warnings = () => api.log().split('traces cannot be sent').length - 1;
  await until('the first warning', () => warnings() === 1);
  for (let n = 0; n < 5; n++) {
    await anna.send(group.id, `message ${n}`);
    await sleep(700); // More than one export in between.
  }
  await until('all messages', () => socket.bodies.length === 5);
  assert.equal(warnings(), 1);

  await collector.open(collector.port);
  const sent = await anna.send(group.id, 'again');
  assert.equal(sent.status, 201);
  await until('spans at the collector', () => collector.spans.some((span) => span.name === POST));
  await until('the good news', () => api.log().includes('traces are sent again'));
});

scenario('log lines of a traced request carry its id', async (things) => {
  const collector = await Collector.create(things);
  const settings = { ...traced(collector), log: { format: 'json', filter: 'info,confab_runtime::requests=debug' } };
  const fleet = await Fleet.start(things, { gateways: 0, settings });
  const traceId = '5bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await Person.signUp(fleet.apiUrls, 'anna').then((anna) => anna.call('GET /api/me', undefined, {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  }));
  assert.equal(answer.status, 200);
  const lines = await until('the line of the request', () => {
    const found = fleet.apis[0].log().split('\n').filter((line) => line.includes(traceId));
    return found.length > 0 && found;
  });
  const line = JSON.parse(lines[0]);
  assert.equal(line.span['trace.id'], traceId);
  assert.equal(line.span['request.id'], traceId);
  assert.equal(line['http.route'], '/api/me');
  assert.equal(line['http.status'], 200);
  assert.equal(typeof line['duration.ms'], 'number');
  assert.ok(!fleet.apis[0].log().includes('anna'), 'a name in the log');
});
