// The fleet: two API replicas and two gateways over Postgres and NATS, twenty stock clients, 2,000
// messages through both replicas at once. In the middle NATS is killed and started again and a gateway
// is killed with -9. Every client ends with exactly its conversations' events, in order, none twice.

import assert from 'node:assert/strict';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, holdsReceipts, messagesOf, reaches } from './harness/check.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { until } from './harness/wait.mjs';

const CLIENTS = 20;
const CONVERSATIONS = 5;
const LANES = 16;

/** Everything one run of the test has, to be sent to and looked at. */
class Crowd {
  static async gather(things, fleet) {
    const crowd = new Crowd();
    crowd.receipts = [];
    crowd.sent = 0;
    crowd.people = await signUpMany(fleet.apiUrls, Array.from({ length: CLIENTS }, (_, i) => `person${i}`));
    crowd.conversations = [];
    for (let i = 0; i < CONVERSATIONS; i++) {
      const members = crowd.people.filter((_, n) => conversationsOf(n).includes(i)).map((person) => person.id);
      const owner = crowd.people[i];
      crowd.conversations.push(await owner.createGroup(`group ${i}`, members.filter((id) => id !== owner.id)));
    }
    // Half websocket, half polling, on each gateway; half come back to their own gateway only, as with
    // the stock reconnect, half to the other one, as behind a load balancer.
    crowd.clients = crowd.people.map((person, n) => {
      const [home, other] = n % 4 < 2 ? fleet.gatewayUrls : [...fleet.gatewayUrls].reverse();
      return ChatClient.create(things, {
        person, transport: n % 2 === 0 ? 'websocket' : 'polling', urls: n < CLIENTS / 2 ? [home] : [home, other],
      });
    });
    crowd.clients.forEach((client, n) => {
      for (const i of conversationsOf(n)) client.open(crowd.conversations[i].id, { after: 0 });
      client.start();
    });
    for (const client of crowd.clients) await client.settled();
    return crowd;
  }

  /** Sends `count` messages by several lanes through both replicas; `midway` runs after a quarter of them. */
  async send(count, midway = async () => {}) {
    const end = this.sent + count;
    const middle = this.receipts.length + count / 4;
    const lanes = Array.from({ length: LANES }, (_, lane) => this.#lane(lane, end));
    const disturbance = until('a quarter of the messages', () => this.receipts.length >= middle, { every: 2 }).then(midway);
    await Promise.all([...lanes, disturbance]);
  }

  async #lane(lane, end) {
    const last = new Map();
    while (this.sent < end) {
      const n = this.sent++;
      const person = this.people[n % CLIENTS];
      const of = conversationsOf(n % CLIENTS);
      const { id } = this.conversations[of[n % of.length]];
      const receipt = await person.send(id, `message ${n}`, { at: lane });
      // L2: what was sent after an answer stands behind it.
      assert.ok(receipt.seq > (last.get(id) ?? 0), `seq ${receipt.seq} after ${last.get(id)} in lane ${lane}`);
      last.set(id, receipt.seq);
      this.receipts.push({ ...receipt, conversationId: id });
    }
  }

  heads() {
    const heads = new Map();
    for (const { conversationId, seq } of this.receipts) heads.set(conversationId, Math.max(seq, heads.get(conversationId) ?? 0));
    return heads;
  }

  /** Waits until the clients (all, or those that `which` takes) hold everything answered so far. */
  async holdsAll(which = () => true) {
    const heads = this.heads();
    for (const client of this.clients.filter(which)) {
      for (const [id, room] of client.rooms) await reaches(room, heads.get(id) ?? 0, client.label);
    }
  }
}

/** Each person is in three of the five. */
function conversationsOf(n) {
  return [0, 1, 2].map((step) => (n + step) % CONVERSATIONS);
}

scenario('2,000 messages, NATS and a gateway killed in the middle, and every client is exact', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const crowd = await Crowd.gather(things, fleet);
  const [, second] = fleet.gateways;

  await crowd.send(400);
  await crowd.holdsAll();

  // NATS dies among the messages, and delivery goes on without it.
  await crowd.send(500, () => fleet.nats.kill());
  await crowd.holdsAll();
  assert.equal(fleet.nats.running, false);
  for (const server of [...fleet.apis, ...fleet.gateways]) {
    const { status, body } = await until(`${server.label} to see that NATS is away`, async () => {
      const readiness = await server.readiness();
      return readiness?.body.bus === 'away' && readiness;
    });
    assert.deepEqual([status, body.status, body.store], [200, 'ok', 'ok']);
  }

  await crowd.send(400, () => fleet.nats.start());
  await crowd.holdsAll();

  // A gateway dies among the messages: its clients go to the other one or wait for it.
  await crowd.send(400, () => second.kill());
  await crowd.holdsAll((client) => client.connected);
  await crowd.send(300, () => second.start());
  for (const client of crowd.clients) await client.settled();
  await crowd.holdsAll();
  for (const server of [...fleet.apis, ...fleet.gateways]) {
    await until(`${server.label} to see that NATS is back`, async () => (await server.readiness())?.body.bus === 'ok');
  }

  assert.equal(crowd.receipts.length, 2000);
  const positions = new Set();
  let total = 0;
  for (const { id } of crowd.conversations) {
    const members = crowd.clients.filter((client) => client.room(id));
    const log = await crowd.people[0].log(id);
    assert.deepEqual(log, await crowd.people[0].log(id, { at: 1 }), 'both replicas give the same log');
    holdsReceipts(log, crowd.receipts.filter((receipt) => receipt.conversationId === id));
    assert.equal(messagesOf(log).length, crowd.receipts.filter((receipt) => receipt.conversationId === id).length);
    log.events.forEach((event) => positions.add(event.position));
    total += log.events.length;
    for (const client of members) {
      await reaches(client.room(id), log.seq, client.label);
      holdsLog(client.room(id), log, client.label);
    }
  }
  assert.equal(positions.size, total, 'no position stands twice');
  // The kill was felt, and nobody was told to begin again.
  assert.ok(crowd.clients.some((client) => client.connections > 1), 'nobody was on the killed gateway');
  assert.deepEqual(crowd.clients.flatMap((client) => client.resets), []);
  assert.deepEqual(crowd.clients.flatMap((client) => client.errors), []);
});
