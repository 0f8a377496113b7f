// Attention in a fleet: typing, presence and read marks reach who may know of them on every gateway, and nobody else.

import assert from 'node:assert/strict';

import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { RuleEvents } from './harness/rule-events.mjs';
import { scenario } from './harness/scenario.mjs';
import { connected } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

/** Short, so that nobody waits; the default is 20 seconds, and two and a half of it are less than a minute. */
const SHORT = { gateway: { presence_beat_seconds: 1 }, limits: { presence_burst: 1000 } };

const ask = (socket, ...event) => socket.timeout(20_000).emitWithAck(...event);
const heard = (socket, name) => socket.events.filter(([event]) => event === name).map(([, signal]) => signal);
const join = async (socket, id) => assert.equal((await ask(socket, 'joinConversation', id)).ok, true);

const path = (id, rest = '') => `/api/conversations/${id}${rest}`;

scenario('typing and read marks cross gateways, and activity reaches members that have not joined', async (things) => {
  const fleet = await Fleet.start(things, { gateways: 2, settings: SHORT });
  const [ann, ben, cara, dora] = await signUpMany(fleet.apiUrls, ['ann', 'ben', 'cara', 'dora']);
  const { id } = await ann.createGroup('room', [ben.id, cara.id]);
  const [one, two] = fleet.gatewayUrls;
  const [annSocket, annOther, benSocket, caraSocket, doraSocket] = await Promise.all([
    connected(things, one, ann.token), connected(things, two, ann.token), connected(things, two, ben.token),
    connected(things, two, cara.token), connected(things, two, dora.token),
  ]);
  await Promise.all([annSocket, annOther, benSocket].map((socket) => join(socket, id)));

  await until('ben to see ann typing', async () => {
    await ask(annSocket, 'typing', id, { threadSeq: null });
    return heard(benSocket, 'typing.started').length > 0;
  });
  assert.deepEqual(heard(benSocket, 'typing.started')[0], { type: 'typing.started', conversationId: id, userId: ann.id, threadSeq: null });
  const tooOften = await ask(annSocket, 'typing', id);
  assert.equal(tooOften.code, 'rate_limited');
  for (let i = 0; i < 500; i++) annSocket.emit('typing', id);
  const stranger = await ask(doraSocket, 'typing', id);
  assert.equal(stranger.code, 'not_found');

  const { seq } = await ann.send(id, 'hello');
  await until('cara to be told of the message', () => heard(caraSocket, 'conversation.activity').length > 0);
  assert.deepEqual(heard(caraSocket, 'conversation.activity')[0], { type: 'conversation.activity', conversationId: id, seq, messageNo: 1 });
  await until('ben to get the message', () => heard(benSocket, 'message.posted').length === 1);

  await ben.must(204, `PUT ${path(id, '/read')}`, { seq });
  const moved = { type: 'read.moved', conversationId: id, userId: ben.id, seq };
  await until('the mark to reach everybody', () => [annSocket, annOther, benSocket].every((socket) => heard(socket, 'read.moved').length === 1));
  assert.deepEqual(heard(annOther, 'read.moved'), [moved]);
  const readers = await ann.must(200, `GET ${path(id, `/messages/${seq}/readers`)}`);
  assert.deepEqual(readers, { count: 1, userIds: [ben.id] });
  const { reads } = await ann.must(200, `GET ${path(id, '/reads')}`);
  assert.deepEqual(new Map(reads.map((read) => [read.userId, read.seq])).get(ben.id), seq);

  await ann.must(200, `PUT ${path(id, '/preferences')}`, { draft: 'half a', mutedUntil: '2100-01-01T00:00:00Z' });
  await until('the other device to be told', () => heard(annOther, 'preferences.changed').length === 1);
  const { preferences } = await ann.must(200, 'GET /api/me/preferences');
  assert.deepEqual(preferences.map((one) => [one.conversationId, one.draft, one.mutedUntil]), [[id, 'half a', '2100-01-01T00:00:00.000000Z']]);
  assert.deepEqual(heard(benSocket, 'preferences.changed'), [], 'of nobody else');

  // Nobody who was not joined or is no member heard anything, and the flood closed nobody.
  assert.deepEqual(heard(caraSocket, 'typing.started'), []);
  assert.deepEqual(doraSocket.events.filter(([name]) => name !== 'error'), []);
  assert.ok([annSocket, annOther, benSocket, caraSocket, doraSocket].every((socket) => socket.connected));
  assert.deepEqual(annSocket.events.filter(([name]) => name === 'error'), [], 'typing too often is told by acks only');
  assert.deepEqual(heard(annSocket, 'conversation.activity'), [], 'who has joined needs none');
});

scenario('who has left is told of nothing any more', async (things) => {
  const fleet = await Fleet.start(things, { gateways: 2, settings: SHORT });
  const [ann, ben, cara] = await signUpMany(fleet.apiUrls, ['ann', 'ben', 'cara']);
  const { id } = await ann.createGroup('room', [ben.id, cara.id]);
  const [one, two] = fleet.gatewayUrls;
  const [annSocket, benJoined, benApart, caraApart] = await Promise.all([
    connected(things, one, ann.token), connected(things, two, ben.token), connected(things, two, ben.token), connected(things, two, cara.token),
  ]);
  await Promise.all([annSocket, benJoined].map((socket) => join(socket, id)));
  const rules = await RuleEvents.open(things, fleet);
  await rules.setVisibility(ann, id, 'private');
  await ann.send(id, 'hello');
  await until('ben and cara to be told', () => [benApart, caraApart].every((socket) => heard(socket, 'conversation.activity').length > 0));
  await until('ben to see ann typing', async () => {
    await ask(annSocket, 'typing', id);
    return heard(benJoined, 'typing.started').length > 0;
  });

  await rules.remove(ann, id, ben.id);
  const { seq } = await ann.send(id, 'hello');
  const told = (socket) => heard(socket, 'conversation.activity').at(-1).seq;
  await until('cara to be told of what came after', () => told(caraApart) === seq);
  await until('ben to have left', () => heard(benApart, 'conversation.exited').length === 1);
  const typed = heard(benJoined, 'typing.started').length;
  await until('ann to have typed again', async () => (await ask(annSocket, 'typing', id)).ok);
  const last = await ann.send(id, 'hello');
  await until('cara to be told of the last', () => told(caraApart) === last.seq);
  assert.ok(told(benApart) < seq, 'activity of a conversation that ben had left');
  assert.equal(heard(benJoined, 'typing.started').length, typed);
  assert.equal((await ask(benJoined, 'typing', id)).ok, false);
});

scenario('presence is right again after a gateway was killed, and after NATS was away', async (things) => {
  const fleet = await Fleet.start(things, { gateways: 3, settings: SHORT });
  const [ann, ben, cara] = await signUpMany(fleet.apiUrls, ['ann', 'ben', 'cara']);
  const { id } = await ann.createGroup('room', [ben.id, cara.id]);
  const [one, two, three] = fleet.gatewayUrls;
  const watcher = await connected(things, one, ann.token);
  const benHere = await connected(things, two, ben.token);
  await connected(things, three, ben.token);
  await connected(things, three, cara.token);
  await join(watcher, id);
  const { presence } = await ask(watcher, 'watchPresence', [ben.id, cara.id, ben.id]);
  assert.equal(presence.length, 2);
  const states = new Map(presence.map((one) => [one.userId, one.state]));
  const state = (who) => heard(watcher, 'presence.changed').filter((one) => one.userId === who.id).at(-1)?.state ?? states.get(who.id);
  await until('both to be online', () => [ben, cara].every((who) => state(who) === 'online'));
  const online = async () => (await ask(watcher, 'countPresence', id)).online;
  await until('three to be counted', async () => (await online()) === 3);

  await fleet.gateways[2].kill();
  await until('cara to be offline', () => state(cara) === 'offline');
  assert.equal(state(ben), 'online', 'ben has a socket at another gateway');
  await until('two to be counted', async () => (await online()) === 2);
  assert.equal((await ask(benHere, 'away', true)).ok, true);
  await until('ben to be away', () => state(ben) === 'away');

  await fleet.nats.kill();
  await until('what other gateways say to be over', () => state(ben) === 'offline');
  assert.equal((await ask(benHere, 'away', false)).ok, true);
  await fleet.nats.start();
  await until('ben to be online again', () => state(ben) === 'online');

  benHere.disconnect();
  await until('ben to be offline', () => state(ben) === 'offline');
  const seen = heard(watcher, 'presence.changed').at(-1);
  assert.ok(Math.abs(Date.parse(seen.lastSeenAt) - Date.now()) < 60_000);
  await until('the API to have written it down', async () => {
    const later = await ask(watcher, 'watchPresence', [cara.id]);
    return later.presence[0].lastSeenAt !== null;
  });
});
