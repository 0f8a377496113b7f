// Who may talk to the server: Origin, cookies, tokens, and what happens to sockets when their session
// ends.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Confab } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { Person, request, signUpMany } from './harness/http.mjs';
import { Polling } from './harness/polling.mjs';
import { RawSocket } from './harness/raw.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { TRANSPORTS, ask, connected, outcome, stock } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

const PASSWORD = 'eight green foxes at noon';

const origins = (server) => [
  { name: 'none', origin: undefined, allowed: true },
  { name: 'the server itself', origin: server.url, allowed: true },
  { name: 'a configured one', origin: 'https://chat.example', allowed: true },
  { name: 'another site', origin: 'https://evil.example', allowed: false },
  { name: 'another port', origin: 'http://127.0.0.1:1', allowed: false },
  { name: 'null', origin: 'null', allowed: false },
  { name: 'a name that begins alike', origin: `${server.url}.evil.example`, allowed: false },
  { name: 'a configured one in another scheme', origin: 'http://chat.example', allowed: false },
  { name: 'nonsense', origin: '%%%', allowed: false },
];

scenario('a present Origin that is neither the host nor configured is refused', async (things, t) => {
  const server = await Confab.start(things, { settings: { http: { allowed_origins: 'https://chat.example' } } });
  const ann = await Person.signUp([server.url], 'ann');
  const { id } = await ann.createGroup('group');
  await table(t, origins(server), async ({ origin, allowed }) => {
    const headers = origin === undefined ? {} : { origin };
    for (const [line, body] of [[`PUT /api/conversations/${id}/read`, { seq: 1 }], ['POST /api/sessions', { username: 'ann', password: PASSWORD }]]) {
      const answer = await ann.call(line, body, { headers });
      assert.equal(answer.status < 300, allowed, `${line}: ${answer.status} ${answer.text}`);
      if (!allowed) assert.deepEqual([answer.status, answer.json.code], [403, 'origin_refused']);
    }
    assert.equal((await ann.call('GET /api/me', undefined, { headers })).status, 200, 'reading is safe');
    if (allowed) {
      await Polling.connect(server.url, ann.token, { headers });
      await RawSocket.connect(things, server.url, ann.token, { headers });
    } else {
      await assert.rejects(Polling.open(server.url, { headers }), { status: 403 });
      await assert.rejects(RawSocket.open(things, server.url, { headers }), { status: 403 });
    }
  });
});

const cookieOf = (answer) => answer.headers.getSetCookie()[0];

scenario('the cookie is HttpOnly and SameSite=Lax, and is a session like the token', async (things) => {
  const server = await Confab.start(things);
  const answer = await request(`${server.url}/api/users`, { method: 'POST', body: { username: 'ann', password: PASSWORD } });
  const [pair, ...attributes] = cookieOf(answer).split(/;\s*/);
  assert.equal(pair, `confab_session=${answer.json.token}`);
  const flags = attributes.map((text) => text.toLowerCase());
  for (const flag of ['httponly', 'samesite=lax', 'path=/']) assert.ok(flags.includes(flag), `${flag} of ${attributes}`);
  assert.ok(!flags.includes('secure'), 'plain http cannot have it');
  assert.ok(!flags.some((flag) => flag.startsWith('domain')));
  assert.match(answer.json.token, /^[A-Za-z0-9_-]{43}$/);

  const cookie = { cookie: `theme=dark; ${pair}` };
  assert.equal((await request(`${server.url}/api/me`, { headers: cookie })).status, 200);
  for (const transport of TRANSPORTS) {
    const socket = stock(things, server.url, { transports: [transport], extraHeaders: cookie });
    assert.equal(await outcome(socket), 'connected');
  }
  const out = await request(`${server.url}/api/sessions/current`, { method: 'DELETE', headers: cookie });
  assert.equal(out.status, 204);
  assert.match(cookieOf(out), /^confab_session=;.*max-age=0|^confab_session=;.*expires=thu, 01 jan 1970/i);
  await until('the session to be over', async () => (await request(`${server.url}/api/me`, { headers: cookie })).status === 401);
});

scenario('behind https the cookie is Secure and bound to the host', async (things) => {
  const server = await Confab.start(things, { settings: { http: { public_url: 'https://chat.example' } } });
  const answer = await request(`${server.url}/api/users`, { method: 'POST', body: { username: 'ann', password: PASSWORD } });
  assert.equal(answer.status, 201);
  assert.match(cookieOf(answer), /^__Host-confab_session=/);
  assert.match(cookieOf(answer), /;\s*secure/i);
  const plain = await request(`${server.url}/api/me`, { headers: { cookie: `confab_session=${answer.json.token}` } });
  assert.equal(plain.status, 401, 'a cookie that a sub-domain could have set is not taken');
});

/** The session of a token, moved to end at that many seconds from now. */
const expireIn = (fleet, person, seconds) => fleet.database.query(
  `update sessions set expires_at = (extract(epoch from now()) * 1000000)::bigint + ${seconds} * 1000000 where user_id = '${person.id}'`,
);

const FORGED = {
  none: undefined,
  empty: '',
  'of the right form': randomBytes(32).toString('base64url'),
  'cut off': randomBytes(31).toString('base64url'),
  'of 10,000 characters': 'a'.repeat(10_000),
  'a number': 5,
  'an object': { token: 'x' },
  null: null,
};

scenario('forged tokens are refused everywhere', async (things, t) => {
  const server = await Confab.start(things);
  const ann = await Person.signUp([server.url], 'ann');
  await table(t, Object.entries(FORGED).map(([name, token]) => ({ name, token })), async ({ token }) => {
    if (token === undefined || typeof token === 'string') {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await request(`${server.url}/api/me`, { headers });
      assert.deepEqual([answer.status, answer.json.code], [401, 'unauthorized']);
    }
    for (const transport of TRANSPORTS) {
      const socket = stock(things, server.url, { transports: [transport], ...(token === undefined ? {} : { auth: { token } }) });
      assert.equal(await outcome(socket), 'unauthorized');
    }
  });
  for (const query of [`token=${ann.token}`, `access_token=${ann.token}`, `confab_session=${ann.token}`]) {
    assert.equal((await request(`${server.url}/api/me?${query}`)).status, 401, 'no token in an address');
  }
  const socket = stock(things, server.url, { query: { token: ann.token } });
  assert.equal(await outcome(socket), 'unauthorized');
});

scenario('an expired session is refused, and its sockets end with it', async (things) => {
  const fleet = await Fleet.start(things);
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  await expireIn(fleet, ann, 6);
  const sockets = await Promise.all(TRANSPORTS.map((transport) => connected(things, fleet.gatewayUrls[0], ann.token, transport)));
  const neighbour = await connected(things, fleet.gatewayUrls[0], ben.token);
  await until('the sockets of the expired session to be closed', () => sockets.every((socket) => !socket.connected));
  await until('the session to be refused', async () => (await ann.call('GET /api/me')).status === 401);
  for (const transport of TRANSPORTS) {
    const late = stock(things, fleet.gatewayUrls[0], { transports: [transport], auth: { token: ann.token } });
    assert.equal(await outcome(late), 'unauthorized');
  }
  assert.ok(neighbour.connected);
});

scenario('signing out closes the sockets of that session on every gateway and no other', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const stays = await ann.signIn();
  const { id } = await ann.createGroup('group');
  const everywhere = fleet.gatewayUrls.flatMap((url) => TRANSPORTS.map((transport) => ({ url, transport })));
  const make = (person, label) => Promise.all(everywhere.map(({ url, transport }) => {
    const client = ChatClient.create(things, { person, urls: [url], transport, label });
    client.open(id, { after: 0 });
    return client.start().settled();
  }));
  const [leaving, staying] = [await make(ann, 'leaving'), await make(stays, 'staying')];
  const told = await Promise.all(fleet.gatewayUrls.map((url) => connected(things, url, ann.token)));

  await ann.must(204, 'DELETE /api/sessions/current');

  for (const client of leaving) await until(`${client.label} to be refused`, () => client.refusals.includes('unauthorized'));
  for (const socket of told) {
    await until('the stock client to be disconnected', () => !socket.connected);
    const [, reason] = socket.events.find(([, first]) => first?.code === 'session_ended') ?? [];
    assert.deepEqual(reason?.code, 'session_ended', `the stock client heard why: ${JSON.stringify(socket.events)}`);
  }
  for (const at of [0, 1]) {
    await until('the token to be refused', async () => (await ann.call('GET /api/me', undefined, { at })).status === 401);
  }
  await stays.send(id, 'still here');
  const log = await stays.log(id);
  for (const client of staying) {
    await reaches(client.room(id), log.seq, client.label);
    holdsLog(client.room(id), log, client.label);
    assert.equal(client.connections, 1, `${client.label} was disconnected`);
  }
});

scenario('who is unknown and who is wrong sound alike, and logs hold no secret', async (things) => {
  const server = await Confab.start(things, { settings: { log: { filter: 'trace' } } });
  const ann = await Person.signUp([server.url], 'ann');
  const [wrong, unknown] = await Promise.all(['ann', 'nobody'].map((username) => ann.call('POST /api/sessions', { username, password: 'wrong wrong wrong' })));
  assert.deepEqual([wrong.status, wrong.json.code], [401, 'invalid_credentials']);
  assert.equal(wrong.text, unknown.text);
  const { id } = await ann.createGroup('group');
  await ann.send(id, 'a sentence that is nobody else\'s business');
  const socket = await connected(things, server.url, ann.token);
  await ask(socket, 'joinConversation', id, { after: 0 });
  await ann.must(204, 'DELETE /api/sessions/current');
  await server.stop();
  for (const secret of [ann.token, PASSWORD, 'wrong wrong wrong', 'nobody else']) {
    assert.ok(!server.log().includes(secret), `the log says: ${secret.slice(0, 8)}…`);
  }
});
