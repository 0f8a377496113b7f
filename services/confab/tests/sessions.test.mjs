// The places where a person is signed in, over a fleet: ended from any replica, closed on every gateway with NATS or without it,
// prolonged while they are used.

import assert from 'node:assert/strict';

import { Fleet } from './harness/fleet.mjs';
import { Person, request } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS, ask, connected, outcome, stock } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

/** Sockets of a person on every gateway by every transport, each told to come back as a stock client would. */
async function everywhere(things, fleet, person) {
  const places = fleet.gatewayUrls.flatMap((url) => TRANSPORTS.map((transport) => ({ url, transport })));
  return Promise.all(places.map(async ({ url, transport }) => {
    const socket = await connected(things, url, person.token, transport);
    return Object.assign(socket, { place: `${transport} at ${url}` });
  }));
}

/** All are closed, each having heard why; gives the milliseconds after which the last one was. */
async function closed(sockets) {
  const begun = performance.now();
  for (const socket of sockets) {
    await until(`${socket.place} to be closed`, () => !socket.connected, { every: 5 });
    const codes = socket.events.filter(([name]) => name === 'closing').map(([, told]) => told.code);
    assert.deepEqual(codes, ['session_ended'], `${socket.place} heard ${JSON.stringify(socket.events)}`);
  }
  return Math.round(performance.now() - begun);
}

const statusOf = (url, token) => request(`${url}/api/me`, { headers: { cookie: `confab_session=${token}` } }).then((answer) => answer.status);

async function refused(things, fleet, person) {
  for (const url of fleet.apiUrls) {
    await until(`the cookie to be refused at ${url}`, async () => (await statusOf(url, person.token)) === 401);
  }
  for (const url of fleet.gatewayUrls) {
    const late = stock(things, url, { extraHeaders: { cookie: `confab_session=${person.token}` } });
    assert.equal(await outcome(late), 'unauthorized');
    assert.equal(late.active, false, 'a final answer: the stock client does not come back');
  }
}

scenario('sessions ended at one replica close on every gateway, with NATS and without it', async (things, t) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const stays = await ann.signIn();
  const neighbour = await Person.signUp(fleet.apiUrls, 'ben');
  const kept = [...await everywhere(things, fleet, stays), ...await everywhere(things, fleet, neighbour)];

  const ends = [
    ['one by its id, NATS up', async (person) => {
      const { sessions } = await person.must(200, 'GET /api/sessions', undefined, { at: 1 });
      return stays.must(204, `DELETE /api/sessions/${sessions.find((session) => session.current).id}`);
    }],
    ['all others, NATS up', () => stays.must(204, 'DELETE /api/sessions?except=current', undefined, { at: 1 })],
    ['one by its id, NATS away', async (person) => {
      const { sessions } = await person.must(200, 'GET /api/sessions', undefined, { at: 1 });
      return stays.must(204, `DELETE /api/sessions/${sessions.find((session) => session.current).id}`);
    }],
    ['all others, NATS away', () => stays.must(204, 'DELETE /api/sessions?except=current')],
    ['by another password, NATS away', () => stays.must(204, 'PUT /api/me/password', {
      currentPassword: ann.password, newPassword: 'nine blue herons at dusk',
    })],
  ];
  for (const [how, end] of ends) {
    if (how.endsWith('away')) await fleet.nats.kill();
    const leaving = await ann.signIn({ at: 1 });
    const sockets = await everywhere(things, fleet, leaving);
    await end(leaving);
    t.diagnostic(`${how}: ${sockets.length} sockets were closed after ${await closed(sockets)} ms`);
    await refused(things, fleet, leaving);
  }
  for (const socket of kept) assert.ok(socket.connected, `${socket.place} had nothing to do with it`);
});

scenario('signing out everywhere ends this session, too, and doing it again does no harm', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const other = await ann.signIn();
  const sockets = [...await everywhere(things, fleet, ann), ...await everywhere(things, fleet, other)];
  const answers = await Promise.all([0, 1].map((at) => ann.call('DELETE /api/sessions', undefined, { at })));
  assert.ok(answers.some((answer) => answer.status === 204));
  for (const { status } of answers) assert.ok([204, 401].includes(status), `${status}`);
  await closed(sockets);
  await refused(things, fleet, ann);
  await refused(things, fleet, other);
  const again = await ann.signIn();
  assert.equal((await again.must(200, 'GET /api/sessions')).sessions.length, 1);
});

/** All sessions of a person, moved to end at that many seconds from now. */
const expireIn = (fleet, person, seconds) => fleet.database.query(
  `update sessions set expires_at = (extract(epoch from now()) * 1000000)::bigint + ${seconds} * 1000000 where user_id = '${person.id}'`,
);

scenario('a session that is used goes on, with its sockets, and one that is not ends', async (things) => {
  const fleet = await Fleet.start(things, { gateways: 2 });
  const used = await Person.signUp(fleet.apiUrls, 'ann');
  const unused = await Person.signUp(fleet.apiUrls, 'ben');
  await expireIn(fleet, used, 5);
  await expireIn(fleet, unused, 6);
  const goOn = await everywhere(things, fleet, used);
  const end = await everywhere(things, fleet, unused);

  const answer = await request(`${fleet.apiUrls[0]}/api/me`, { headers: { cookie: `confab_session=${used.token}` } });
  const [cookie] = answer.headers.getSetCookie();
  assert.match(cookie, new RegExp(`^confab_session=${used.token};.*Max-Age=${30 * 24 * 3600}`), 'the cookie is set anew');

  // It would have ended a second before these.
  await closed(end);
  await refused(things, fleet, unused);
  for (const socket of goOn) {
    assert.ok(socket.connected, `${socket.place} went on`);
    assert.equal((await ask(socket, 'joinConversation', used.id)).code, 'not_found', 'and is answered');
  }
  const { sessions } = await used.must(200, 'GET /api/sessions');
  assert.ok(Date.parse(sessions[0].expiresAt) > Date.now() + 29 * 24 * 3600 * 1000);
});
