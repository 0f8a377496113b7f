// Bad input over Socket.IO, on both transports: every refusal is answered, by the ack where one was
// asked for and by the event `error` where not; what cannot be parsed closes that one socket; and a
// neighbour on the same gateway notices nothing of all this.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import test from 'node:test';

import { FIELDS, S3, TYPES } from './bad-input.values.mjs';
import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Confab } from './harness/confab.mjs';
import { fingerprintOfFile } from './harness/fingerprint.mjs';
import { ROOMY } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { Polling } from './harness/polling.mjs';
import { RawSocket } from './harness/raw.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { TRANSPORTS, ask, connected } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

const INVALID = ['malformed', 'invalid'];

/** A server, two people, a group, a direct conversation of others, and a neighbour who must stay well. */
async function world(things) {
  const server = await Confab.start(things, { settings: ROOMY });
  const [ann, ben, eve] = await signUpMany([server.url], ['ann', 'ben', 'eve']);
  const { id: group } = await ann.createGroup('group', [ben.id]);
  const { conversation } = await ann.must(201, 'POST /api/conversations', { kind: 'direct', userId: ben.id });
  const neighbours = TRANSPORTS.map((transport) => ChatClient.create(things, { person: ben, urls: [server.url], transport, label: 'neighbour' }));
  for (const client of neighbours) {
    client.open(group, { after: 0 });
    await client.start().settled();
  }
  const unharmed = async () => {
    const { seq } = await ann.send(group, 'still here');
    const log = await ann.log(group);
    for (const client of neighbours) {
      await reaches(client.room(group), seq, client.label);
      holdsLog(client.room(group), log, client.label);
      assert.equal(client.connections, 1, `${client.label} was disconnected`);
      assert.deepEqual([client.errors, client.resets], [[], []]);
    }
  };
  return { server, ann, ben, eve, group, direct: conversation.id, unharmed };
}

const NAMES_ID = /conversation/i;
const EITHER = [...INVALID, 'not_found'];
const rows = (values, row) => Object.entries(values).map(([name, value]) => row(name, value));
// `null` is like left out, where that is allowed.
const others = (has, more = {}) => Object.fromEntries(Object.entries({ ...TYPES, ...more }).filter(([type]) => type !== has));
const NULL = { null: null };

/** What an id of a conversation must not be, for all events that name one. */
const IDS = [
  ...rows(others('string', NULL), (name, value) => ({ name: `an id: ${name}`, args: () => [value], names: NAMES_ID })),
  ...FIELDS.uuid.map(([name, value]) => ({ name: `an id: ${name}`, args: () => [value], names: NAMES_ID, codes: EITHER })),
  { name: 'an id: of 50,000 characters', args: () => [S3.repeat(6250)], names: NAMES_ID, codes: EITHER },
  { name: 'no id', args: () => [], names: NAMES_ID },
];

/** Bad arguments by event. A test holds this to the names in proto. */
const ARGUMENTS = {
  joinConversation: [
    ...IDS,
    { name: 'an unknown id', args: () => [randomUUID()], names: NAMES_ID, codes: ['not_found'] },
    { name: 'an unknown id with after', args: () => [randomUUID(), { after: 0 }], names: NAMES_ID, codes: ['not_found'] },
    ...rows(others('number', NULL), (name, after) => ({ name: `after: ${name}`, args: (id) => [id, { after }], names: /after/ })),
    ...FIELDS.seq.map(([name, after]) => ({ name: `after: ${name}`, args: (id) => [id, { after }], names: /after|./, codes: [...INVALID, 'reset'] })),
    { name: 'another epoch', args: (id) => [id, { after: 0, epoch: '0123456789abcdef' }], names: /./, codes: ['reset'] },
    ...rows({ ...others('string'), word: S3, empty: '', capitals: '0123456789ABCDEF', long: S3.repeat(500), NUL: '\u0000' }, (name, epoch) => (
      { name: `an epoch: ${name}`, args: (id) => [id, { after: 0, epoch }], names: /epoch/ })),
    { name: 'an epoch alone', args: (id) => [id, { epoch: '0123456789abcdef' }], names: /after/ },
    { name: 'an unknown option', args: (id) => [id, { after: 0, [S3]: 1 }], names: /./ },
    ...rows(others('object'), (name, options) => ({ name: `options: ${name}`, args: (id) => [id, options], names: /./ })),
    { name: 'options: empty', args: (id) => [id, {}], names: /after/ },
    { name: 'a third argument', args: (id) => [id, { after: 0 }, S3], names: /./ },
  ],
  leaveConversation: [...IDS, { name: 'a second argument', args: (id) => [id, S3], names: /./ }],
  // A conversation that is not joined is told of only in an ack, and so has a test of its own.
  typing: [
    ...IDS,
    ...rows(others('number'), (name, threadSeq) => ({ name: `threadSeq: ${name}`, args: (id) => [id, { threadSeq }], names: /threadSeq/ })),
    ...rows({ negative: -1, fraction: 1.5, huge: 1e300, '2^53': 2 ** 53, '2^64': 2 ** 64 }, (name, threadSeq) => (
      { name: `threadSeq: ${name}`, args: (id) => [id, { threadSeq }], names: /threadSeq/ })),
    { name: 'an unknown option', args: (id) => [id, { [S3]: 1 }], names: /options/ },
    ...rows(others('object'), (name, options) => ({ name: `options: ${name}`, args: (id) => [id, options], names: /options/ })),
    { name: 'a third argument', args: (id) => [id, {}, S3], names: /./ },
  ],
  away: [
    ...rows({ ...others('boolean', NULL), capitals: 'TRUE', zero: 0 }, (name, away) => ({ name, args: () => [away], names: /away/ })),
    { name: 'nothing', args: () => [], names: /away/ }, { name: 'a second argument', args: () => [true, S3], names: /away/ },
  ],
  watchPresence: [
    ...rows(others('array', NULL), (name, ids) => ({ name, args: () => [ids], names: /ids/ })),
    ...rows(others('string', NULL), (name, id) => ({ name: `an id: ${name}`, args: () => [[id]], names: /ids/ })),
    ...FIELDS.uuid.map(([name, id]) => ({ name: `an id: ${name}`, args: () => [[randomUUID(), id]], names: /ids/ })),
    { name: '201 ids', args: () => [Array.from({ length: 201 }, () => randomUUID())], names: /200/ },
    { name: 'nothing', args: () => [], names: /ids/ }, { name: 'a second argument', args: () => [[], S3], names: /one argument/ },
  ],
  countPresence: [
    ...IDS,
    { name: 'an unknown id', args: () => [randomUUID()], names: NAMES_ID, codes: ['not_found'] },
    { name: 'a second argument', args: (id) => [id, S3], names: /./ },
  ],
};
const FROM_SERVER = ['error', 'reset', 'closing'];

test('the matrix has every event of proto', async () => {
  const source = await fs.readFile(new URL('../../../proto/src/socket.rs', import.meta.url), 'utf8');
  const names = [...source.matchAll(/pub const [A-Z_]+: &str = "([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(names.sort(), [...Object.keys(ARGUMENTS), ...FROM_SERVER].sort());
});

function isRefusal(answer, { codes = INVALID, names }, extra = {}) {
  assert.ok(codes.includes(answer.code), `code ${answer.code}: ${JSON.stringify(answer)}`);
  assert.deepEqual({ ...answer, ...extra }, answer);
  if (answer.code !== 'reset' || answer.message !== undefined) {
    assert.ok(typeof answer.message === 'string' && answer.message.length > 0, 'a sentence');
    assert.match(answer.message, names);
  }
  assert.ok(!JSON.stringify(answer).includes(S3), 'what was sent is not repeated');
}

const withoutAck = (socket, event, args) => {
  const seen = socket.events.length;
  socket.emit(event, ...args);
  return until(`the event error for ${event}`, () => socket.events.slice(seen).find(([name]) => name === 'error')?.[1]);
};

for (const transport of TRANSPORTS) {
  scenario(`bad arguments are answered, with and without an ack, and change nothing (${transport})`, async (things, t) => {
    const { server, ann, group, unharmed } = await world(things);
    const socket = await connected(things, server.url, ann.token, transport);
    assert.equal((await ask(socket, 'joinConversation', group)).ok, true);
    const before = await fingerprintOfFile(server);
    for (const [event, bad] of Object.entries(ARGUMENTS)) {
      await table(t, bad.map((one) => ({ ...one, name: `${event}: ${one.name}` })), async (one) => {
        isRefusal(await ask(socket, event, ...one.args(group)), one, { ok: false });
        isRefusal(await withoutAck(socket, event, one.args(group)), one, { event });
      });
    }
    assert.equal(await fingerprintOfFile(server), before, 'something was written');
    assert.ok(socket.connected);
    assert.equal((await ask(socket, 'joinConversation', group)).ok, true, 'the same socket can still join');
    await unharmed();
  });

  scenario(`unknown events and binary are answered (${transport})`, async (things, t) => {
    const { server, ann, group, unharmed } = await world(things);
    const socket = await connected(things, server.url, ann.token, transport);
    const bytes = Buffer.from(S3);
    const cases = [
      ...[[], [group], [5, null, { S3 }]].map((args) => ({ event: 'nonsense', args, names: /./, codes: ['unknown_event'] })),
      { event: 'x'.repeat(10_000), args: [S3], names: /./, codes: ['unknown_event'] },
      { event: 'message', args: [S3], names: /./, codes: ['unknown_event'] },
      ...['joinConversation', 'leaveConversation', 'nonsense'].map((event) => ({ event, args: [bytes], names: /binary/i, codes: ['binary_refused'] })),
      { event: 'joinConversation', args: [group, { after: bytes }], names: /binary/i, codes: ['binary_refused'] },
      { event: 'joinConversation', args: Array(5).fill(bytes), names: /binary/i, codes: ['binary_refused'] },
    ].map((one) => ({ ...one, name: `${one.event.slice(0, 20)} ${JSON.stringify(one.args).slice(0, 40)}` }));
    await table(t, cases, async (bad) => {
      isRefusal(await ask(socket, bad.event, ...bad.args), bad, { ok: false });
      const error = await withoutAck(socket, bad.event, bad.args);
      isRefusal(error, bad);
      assert.equal(typeof error.event, 'string');
    });
    assert.deepEqual(await ask(socket, 'leaveConversation', group), { ok: true });
    assert.equal((await ask(socket, 'joinConversation', group)).ok, true);
    await unharmed();
  });
}

scenario('a conversation of others is answered like one that does not exist, byte for byte', async (things) => {
  const { server, eve, direct, unharmed } = await world(things);
  const raw = await RawSocket.connect(things, server.url, eve.token);
  for (const options of [[], [{ after: 0 }], [{ after: 99 }], [{ after: 0, epoch: '0123456789abcdef' }]]) {
    const [theirs] = await raw.ask('joinConversation', direct, ...options);
    const [nowhere] = await raw.ask('joinConversation', randomUUID(), ...options);
    assert.deepEqual([theirs.ok, theirs.code], [false, 'not_found']);
    assert.equal(JSON.stringify(theirs), JSON.stringify(nowhere));
  }
  await unharmed();
});

const BAD_AUTH = {
  none: undefined, null: null, 'a string': S3, 'a number': 5, 'a list': [S3], 'an empty object': {}, 'a token that is null': { token: null }, 'a token that is a number': { token: 5 },
  'a token that is a list': { token: [S3] }, 'an empty token': { token: '' }, 'a garbled token': { token: S3 }, 'a token with a NUL': { token: `${S3}\u0000` },
  'a token of 50,000 characters': { token: S3.repeat(6250) }, 'a token of another name': { Token: S3 }, 'a token in a token': { token: { token: S3 } },
};

scenario('a CONNECT that says nothing good of who asks is refused, and never with a word of what it said', async (things, t) => {
  const { server, unharmed } = await world(things);
  await table(t, Object.entries(BAD_AUTH).map(([name, auth]) => ({ name, auth })), async ({ auth }) => {
    const raw = await RawSocket.open(things, server.url);
    const answer = await raw.enter(auth);
    assert.ok(answer.startsWith('44'), answer);
    assert.deepEqual([JSON.parse(answer.slice(2)).message, answer.includes(S3)], ['unauthorized', false]);
  });
  await unharmed();
});

const UNPARSABLE = {
  'no Engine.IO packet': 'zzz', 'an unknown packet type': '9', 'an unknown Socket.IO type': '49[]', 'an event without data': '42',
  'an event that is cut off': '42["joinConversation","', 'an event that is no list': '42{"a":1}', 'an event without a name': '42[]',
  'an event whose name is a number': '42[5]', 'a binary event without attachments': '451-["joinConversation",{"_placeholder":true,"num":7}]',
  'an ack of nothing': '4399[]', 'another namespace': '40/admin,{}', 'a huge ack id': '4299999999999999999999["joinConversation"]',
  'nested 20,000 deep': `42["joinConversation",${'['.repeat(20_000)}`,
};
const MUST_CLOSE = ['no Engine.IO packet', 'an unknown packet type', 'an unknown Socket.IO type', 'an event that is cut off', 'nested 20,000 deep'];

scenario('what cannot be parsed closes that one socket', async (things, t) => {
  const { server, ann, group, unharmed } = await world(things);
  const cases = Object.entries(UNPARSABLE).map(([name, text]) => ({ name, text }));
  await table(t, cases, async ({ name, text }) => {
    const raw = await RawSocket.connect(things, server.url, ann.token);
    raw.send(text);
    if (MUST_CLOSE.includes(name)) {
      await raw.closed();
    } else {
      // Others may be answered instead; what may not happen is a socket that hangs.
      raw.send(`427["joinConversation",${JSON.stringify(group)}]`);
      await until('an answer or the end', () => raw.ended || raw.packets.some((packet) => String(packet).startsWith('437[')));
    }
    const polling = await Polling.connect(server.url, ann.token);
    const posted = await polling.post(text);
    if (MUST_CLOSE.includes(name)) {
      assert.ok(posted.status >= 400 && posted.status < 500, `the post was answered ${posted.status}`);
      assert.equal(await polling.closed(), 400);
    }
  });
  await unharmed();
});

scenario('what exceeds the frame limit closes that one socket, on polling with 4xx', async (things, t) => {
  const { server, ann, unharmed } = await world(things);
  const event = `42["joinConversation","${'x'.repeat(1_000_000)}"]`;
  await t.test('a frame of 1 MB', async () => {
    const raw = await RawSocket.connect(things, server.url, ann.token);
    raw.send(event);
    await raw.closed();
  });
  await t.test('a post of 1 MB', async () => {
    const polling = await Polling.connect(server.url, ann.token);
    // The server may answer before all was sent, which fetch reports as an error.
    const { status } = await polling.post(event).catch(() => ({ status: 413 }));
    assert.ok(status >= 400 && status < 500, `${status}`);
  });
  await t.test('binary frames, wrong UTF-8 and bytes that are no frame', async () => {
    for (const send of [
      (raw) => raw.send(Buffer.alloc(100_000)),
      (raw) => raw.ws.send(Buffer.from([0x34, 0x32, 0xff, 0xfe]), { binary: false }),
      (raw) => raw.sendBytes(Buffer.alloc(64, 0xff)),
    ]) {
      const raw = await RawSocket.connect(things, server.url, ann.token);
      raw.ws.on('error', () => {});
      send(raw);
      await raw.closed();
    }
  });
  await t.test('the stock client, both transports', async () => {
    for (const transport of TRANSPORTS) {
      const socket = await connected(things, server.url, ann.token, transport);
      socket.emit('joinConversation', 'x'.repeat(1_000_000));
      await until(`the ${transport} client to be disconnected`, () => !socket.connected);
    }
  });
  await unharmed();
});

scenario('requests to /socket.io/ that make no sense get 4xx', async (things, t) => {
  const { server, unharmed } = await world(things);
  const cases = [
    ['GET', ''], ['GET', '?EIO=4'], ['GET', '?EIO=3&transport=polling'], ['GET', '?EIO=4&transport=smoke'],
    ['GET', '?EIO=4&transport=polling&sid=nonsense'], ['POST', '?EIO=4&transport=polling&sid=nonsense'],
    ['POST', '?EIO=4&transport=polling'], ['PUT', '?EIO=4&transport=polling'], ['GET', '?EIO=4&transport=websocket'],
    ['GET', `?EIO=4&transport=polling&sid=${'x'.repeat(5000)}`], ['GET', '?EIO=4&transport=polling&sid=%00%ff'],
  ].map(([method, query]) => ({ name: `${method} ${query.slice(0, 60)}`, method, query }));
  await table(t, cases, async ({ method, query }) => {
    const response = await fetch(`${server.url}/socket.io/${query}`, { method, signal: AbortSignal.timeout(60_000) });
    assert.ok(response.status >= 400 && response.status < 500, `${response.status}`);
    await response.arrayBuffer();
  });
  await unharmed();
});
