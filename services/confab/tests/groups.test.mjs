// Rights over two API replicas and two gateways, by the routes: whoever is removed, banned or shut out by a group that becomes
// private hears the event that says so and nothing above it, and HTTP knows nothing of the group from then on; whoever is let in
// hears all that follows. And of two who act against each other at once, on two replicas, one is first.

import assert from 'node:assert/strict';

import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS, ask, connected } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

const READS = ['', '/messages', '/events', '/members'];
const group = (id, rest = '') => `/api/conversations/${id}${rest}`;

/** `{person, socket}` for each person on each gateway, joined. */
async function ears(things, fleet, people, id) {
  const all = people.flatMap((person) => fleet.gatewayUrls.map((url, n) => ({ person, url, transport: TRANSPORTS[n] })));
  return Promise.all(all.map(async ({ person, url, transport }) => {
    const socket = await connected(things, url, person.token, transport);
    assert.equal((await ask(socket, 'joinConversation', id)).ok, true);
    return { person, socket };
  }));
}

/** What a socket heard of a conversation: [seq, type], in order. */
const heard = ({ socket }, id) => socket.events.map(([, event]) => event).filter((event) => event?.conversationId === id && event.seq !== undefined)
  .filter((event) => !event.type.startsWith('conversation.e')).map(({ seq, type }) => [seq, type]);

/** Nothing above `end` was heard by these, and the last is of this type; the others hear all up to the head. */
async function endsAt(all, out, id, type, owner) {
  const { seq: marker } = await owner.send(id, 'after');
  const gone = all.filter(({ person }) => out.includes(person));
  const stays = all.filter((ear) => !gone.includes(ear));
  for (const ear of stays) await until(`${ear.person.username} to hear ${marker}`, () => heard(ear, id).at(-1)?.[0] === marker);
  const { events } = await owner.must(200, `GET ${group(id, '/events?limit=200')}`);
  const end = events.findLast((event) => event.type === type).seq;
  for (const ear of gone) await until(`${ear.person.username} to hear of it`, () => heard(ear, id).some(([seq]) => seq === end));
  // What would come too late comes before the answer to a question asked now.
  for (const { socket } of gone) assert.deepEqual(await ask(socket, 'joinConversation', id).then(({ ok, code }) => [ok, code]), [false, 'not_found']);
  for (const ear of gone) assert.deepEqual(heard(ear, id).at(-1), [end, type], ear.person.username);
}

async function isShutOut(person, id) {
  for (const rest of READS) for (const at of [0, 1]) assert.equal((await person.call(`GET ${group(id, rest)}`, undefined, { at })).status, 404, rest);
  assert.equal((await person.call(`POST ${group(id, '/messages')}`, { body: 'x' }, { at: 1 })).status, 404);
}

scenario('whoever loses the right hears its end and no more; whoever gets it hears what follows', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const [owner, removed, banned, visitor, asks] = await signUpMany(fleet.apiUrls, ['owner', 'removed', 'banned', 'visitor', 'asks']);
  const { id } = await owner.createGroup('den', [removed.id, banned.id]);
  const all = await ears(things, fleet, [owner, removed, banned, visitor], id);
  await owner.send(id, 'before');

  await owner.must(204, `PUT ${group(id, `/bans/${banned.id}`)}`, undefined, { at: 1 });
  await isShutOut(banned, id);
  await endsAt(all, [banned], id, 'member.banned', owner);

  await owner.must(200, `PATCH ${group(id)}`, { visibility: 'private' });
  await isShutOut(visitor, id);
  const here = all.filter(({ person }) => person !== banned);
  await endsAt(here, [visitor], id, 'conversation.visibility_changed', owner);

  await owner.must(204, `DELETE ${group(id, `/members/${removed.id}`)}`, undefined, { at: 1 });
  await isShutOut(removed, id);
  await endsAt(here.filter(({ person }) => person !== visitor), [removed], id, 'member.removed', owner);

  await owner.must(201, `POST ${group(id, '/members')}`, { userId: removed.id }, { at: 1 });
  await asks.must(202, `PUT ${group(id, '/requests/me')}`);
  await owner.must(204, `POST ${group(id, `/requests/${asks.id}`)}`, { approve: true }, { at: 1 });
  const { token } = await owner.must(201, `POST ${group(id, '/invitations')}`, { maxUses: 1 });
  await visitor.must(201, 'POST /api/invitations/accept', { token }, { at: 1 });
  const back = await ears(things, fleet, [removed, asks, visitor], id);
  const { seq } = await owner.send(id, 'welcome');
  for (const ear of back) await until(`${ear.person.username} to hear the welcome`, () => heard(ear, id).at(-1)?.[0] === seq);
});

scenario('of two who act against each other on two replicas one is first', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0 });
  const [ann, ben, eve, ...guests] = await signUpMany(fleet.apiUrls, ['ann', 'ben', 'eve', 'one', 'two', 'three', 'four']);
  for (let round = 0; round < 4; round++) {
    const { id } = await ann.createGroup(`group ${round}`, [ben.id, eve.id]);
    await ann.must(204, `PATCH ${group(id, `/members/${ben.id}`)}`, { role: 'owner' });
    const statuses = await Promise.all(round % 2 === 0
      ? [ann.call(`DELETE ${group(id, '/members/me')}`, undefined, { at: 0 }), ben.call(`DELETE ${group(id, '/members/me')}`, undefined, { at: 1 })]
      : [ann.call(`DELETE ${group(id, `/members/${ben.id}`)}`, undefined, { at: 0 }), ben.call(`DELETE ${group(id, `/members/${ann.id}`)}`, undefined, { at: 1 })]);
    // Who was second is still the last owner, or is no member of a public group any more.
    assert.deepEqual(statuses.map(({ status }) => status).sort(), round % 2 === 0 ? [204, 409] : [204, 403]);
    const { members } = await eve.must(200, `GET ${group(id, '/members')}`);
    assert.equal(members.filter(({ role }) => role === 'owner').length, 1);
    const stays = members.find(({ role }) => role === 'owner').user.id === ann.id ? ann : ben;

    const { token } = await stays.must(201, `POST ${group(id, '/invitations')}`, { maxUses: 2 });
    const tries = await Promise.all(guests.map((guest, at) => guest.call('POST /api/invitations/accept', { token }, { at })));
    assert.deepEqual(tries.map(({ status }) => status).sort(), [201, 201, 404, 404]);
  }
});
