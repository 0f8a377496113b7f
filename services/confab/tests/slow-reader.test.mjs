// Clients that do not read, or ask too much at once. Who stops reading is gone within 20 seconds, by
// the server's own doing, and nobody else notices; who joins a thousand times in the tick of `connect`
// is answered a thousand times.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { Polling } from './harness/polling.mjs';
import { RawSocket } from './harness/raw.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS, outcome, stock } from './harness/stock.mjs';
import { standsAtServer } from './harness/tcp-state.mjs';
import { sleep, together, until, within } from './harness/wait.mjs';

const GONE_WITHIN_MS = 20_000;
const LARGE = 'x'.repeat(15_000);

/** Waits until the server has closed its end; gives how long that took. */
async function goneAfter(port, raw, since) {
  await until('the server to close the connection', async () => !(await standsAtServer(port, raw.localPort)), { every: 50 });
  return Date.now() - since;
}

scenario('a client that stops reading is gone within 20 s, the others are unharmed', async (things) => {
  const fleet = await Fleet.start(things);
  const [gateway] = fleet.gateways;
  const [ann, ben, slow] = await signUpMany(fleet.apiUrls, ['ann', 'ben', 'slow']);
  const busy = await ann.createGroup('busy', [ben.id, slow.id]);
  const quiet = await ann.createGroup('quiet', [ben.id, slow.id]);
  const others = [ann, ben].flatMap((person) => TRANSPORTS.map((transport) => ChatClient.create(things, {
    person, transport, urls: fleet.gatewayUrls,
  })));
  for (const client of others) {
    client.open(busy.id, { after: 0 });
    client.open(quiet.id, { after: 0 });
    await client.start().settled();
  }

  const stops = async (id) => {
    const raw = await RawSocket.connect(things, gateway.url, slow.token);
    const [answer] = await raw.ask('joinConversation', id);
    assert.equal(answer.ok, true);
    assert.equal(await standsAtServer(gateway.port, raw.localPort), true);
    raw.stopReading();
    return raw;
  };
  const [amongLarge, amongNothing] = [await stops(busy.id), await stops(quiet.id)];
  const since = Date.now();
  let gone = false;
  const traffic = (async () => {
    // Enough to fill every buffer of the kernel, and on until the client is gone.
    for (let n = 0; !gone; n++) await together(4, [0, 1, 2, 3], (k) => ann.send(busy.id, `${LARGE} ${n} ${k}`));
  })();
  const [large, nothing] = await Promise.all([
    goneAfter(gateway.port, amongLarge, since), goneAfter(gateway.port, amongNothing, since),
  ]).finally(() => { gone = true; });
  await traffic;
  assert.ok(large <= GONE_WITHIN_MS, `among large messages it took ${large} ms`);
  assert.ok(nothing <= GONE_WITHIN_MS, `without messages it took ${nothing} ms`);

  await ben.send(quiet.id, 'still here');
  for (const { id } of [busy, quiet]) {
    const log = await ann.log(id);
    for (const client of others) {
      await reaches(client.room(id), log.seq, client.label);
      holdsLog(client.room(id), log, client.label);
    }
  }
  for (const client of others) assert.equal(client.connections, 1, `${client.label} was disconnected`);
});

scenario('a client that stops polling is gone within 20 s', async (things) => {
  const fleet = await Fleet.start(things);
  const [ann, slow] = await signUpMany(fleet.apiUrls, ['ann', 'slow']);
  const { id } = await ann.createGroup('busy', [slow.id]);
  const polling = await Polling.connect(fleet.gatewayUrls[0], slow.token);
  const [answer] = await polling.ask('joinConversation', id);
  assert.equal(answer.ok, true);
  await together(8, Array(200).keys(), (n) => ann.send(id, `${LARGE} ${n}`));
  await sleep(GONE_WITHIN_MS);
  const poll = await polling.poll();
  assert.equal(poll.status, 400, 'the session is forgotten');
});

/** Sends `ids.length` joins in one tick; gives the answers. */
function joinAll(socket, ids) {
  return within('all answers', Promise.all(ids.map((id) => new Promise((resolve) => {
    socket.emit('joinConversation', id, resolve);
  }))));
}

for (const transport of TRANSPORTS) {
  scenario(`1,000 joins in the tick of connect are all answered, over ${transport}`, async (things) => {
    const fleet = await Fleet.start(things);
    const [ann] = await signUpMany(fleet.apiUrls, ['ann']);
    const groups = [];
    for (let n = 0; n < 20; n++) groups.push((await ann.createGroup(`group ${n}`)).id);
    const ids = Array.from({ length: 1000 }, (_, n) => (n % 10 === 9 ? randomUUID() : groups[n % groups.length]));
    const start = () => stock(things, fleet.gatewayUrls[0], { auth: { token: ann.token }, transports: [transport] });

    // Once from the connect handler, once before it: the stock client then sends all at connect.
    const inHandler = start();
    const first = await new Promise((resolve, reject) => {
      inHandler.once('connect', () => joinAll(inHandler, ids).then(resolve, reject));
      inHandler.once('connect_error', reject);
    });
    const before = start();
    const second = await joinAll(before, ids);
    for (const answers of [first, second]) {
      answers.forEach((answer, n) => assert.deepEqual([answer.ok, answer.code], n % 10 === 9 ? [false, 'not_found'] : [true, undefined]));
    }
    assert.deepEqual([...inHandler.events, ...before.events], []);
  });
}

scenario('beyond the limit joins are answered with when to come back', async (things) => {
  const fleet = await Fleet.start(things, { settings: { limits: { joins_burst: 100, joins_per_second: 20 } } });
  const [ann] = await signUpMany(fleet.apiUrls, ['ann']);
  const { id } = await ann.createGroup('one');
  const socket = stock(things, fleet.gatewayUrls[0], { auth: { token: ann.token } });
  const answers = await joinAll(socket, Array(400).fill(id));
  const limited = answers.filter((answer) => !answer.ok);
  assert.ok(answers.length - limited.length >= 100, 'the burst is granted');
  assert.ok(limited.length > 0, 'the rest is limited');
  for (const answer of limited) {
    assert.equal(answer.code, 'rate_limited');
    assert.ok(answer.retryAfter > 0);
  }
  await outcome(socket);
  assert.equal(socket.connected, true);
});
