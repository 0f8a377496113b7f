// A rolling restart: each gateway and each API is told to end (SIGTERM), waited for and started again,
// one after the other, while people write and clients on both transports listen, all as behind a load
// balancer. No acknowledged message is lost or doubled, every client is exact, and each is back soon.

import assert from 'node:assert/strict';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, holdsReceipts, messagesOf, reaches } from './harness/check.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, together, until } from './harness/wait.mjs';

const CLIENTS = Number(process.env.CLIENTS || 60);
const PER_SECOND = Number(process.env.PER_SECOND || 150);
const PEOPLE = 10;
const ROOMS = 6;
/** What is promised is 5 s; the net is wider, for machines that have much else to do. */
const NET_MS = 30_000;

/** Writes at a steady pace, whatever the answers take, and remembers every receipt. */
class Writers {
  constructor(people, rooms) {
    Object.assign(this, { people, rooms, receipts: [], retries: {}, sending: new Set(), sent: 0, over: false });
  }

  async run() {
    const begun = performance.now();
    while (!this.over) {
      for (; this.sent < ((performance.now() - begun) / 1000) * PER_SECOND; this.sent++) this.#send(this.sent);
      await sleep(10);
    }
    this.seconds = (performance.now() - begun) / 1000;
    await Promise.all(this.sending);
  }

  /** As behind a load balancer: the next try goes to another replica, with the same id. */
  #send(n) {
    const room = this.rooms[n % ROOMS];
    const onRetry = ({ status, text }) => {
      const why = status || /E[A-Z]+|UND_[A-Z_]+/.exec(text)?.[0] || text;
      this.retries[why] = (this.retries[why] ?? 0) + 1;
    };
    const sending = this.people[n % PEOPLE].send(room.id, `message ${n}`, { at: n, onRetry })
      .then((receipt) => this.receipts.push({ ...receipt, conversationId: room.id }))
      .catch((error) => { this.failure ??= error; })
      .finally(() => this.sending.delete(sending));
    this.sending.add(sending);
  }
}

/** The time below which `part` of them are. */
function quantile(times, part) {
  return times.toSorted((a, b) => a - b)[Math.max(Math.ceil(times.length * part) - 1, 0)];
}

scenario(`all gateways and APIs are restarted under ${PER_SECOND} messages a second, before ${CLIENTS} clients`, async (things, t) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 3, settings: { limits: { sockets_per_user: 1000 } } });
  const people = await signUpMany(fleet.apiUrls, Array.from({ length: PEOPLE }, (_, n) => `person${n}`));
  const members = people.slice(1).map(({ id }) => id);
  const rooms = await together(1, Array(ROOMS).keys(), (n) => people[0].createGroup(`room ${n}`, members));
  const clients = Array.from({ length: CLIENTS }, (_, n) => {
    const urls = fleet.gatewayUrls.map((_, at, all) => all[(n + at) % all.length]);
    const client = ChatClient.create(things, { person: people[n % PEOPLE], urls, transport: ['websocket', 'polling', 'upgrade'][(n >> 1) % 3], label: `client ${n}` });
    for (const at of [n % ROOMS, (n + 1) % ROOMS]) client.open(rooms[at].id, { after: 0 });
    return client.start();
  });
  for (const client of clients) await client.settled();

  const writers = new Writers(people, rooms);
  const writing = writers.run();
  const stops = [];
  for (const server of [...fleet.gateways, ...fleet.apis]) {
    await sleep(500);
    const since = performance.now();
    assert.deepEqual(await server.stop(), { code: 0, signal: null }, `the end of ${server.label}`);
    stops.push(Math.round(performance.now() - since));
    await server.start();
    for (const client of clients) await client.settled();
  }
  await sleep(500);
  writers.over = true;
  await writing;
  if (writers.failure) throw writers.failure;

  for (const { id } of rooms) {
    const log = await people[0].log(id);
    const receipts = writers.receipts.filter(({ conversationId }) => conversationId === id);
    holdsReceipts(log, receipts);
    assert.equal(messagesOf(log).length, receipts.length, 'each message stands once, and no other');
    for (const client of clients.filter((one) => one.room(id))) {
      await reaches(client.room(id), log.seq, client.label);
      holdsLog(client.room(id), log, client.label);
    }
  }
  const back = clients.flatMap(({ returns }) => returns);
  assert.ok(clients.every(({ returns }) => returns.length > 0), 'every client was sent away at least once');
  const p99 = quantile(back, 0.99);
  t.diagnostic(`${writers.sent} messages, ${Math.round(writers.sent / writers.seconds)}/s; ${back.length} times a client was sent away, and back after ${Math.round(quantile(back, 0.5))} ms (p50), ${Math.round(p99)} ms (p99), ${Math.round(Math.max(...back))} ms (max); ends took ${stops.join(', ')} ms; tries again: ${JSON.stringify(writers.retries)}`);
  assert.ok(p99 <= NET_MS, `back after ${p99} ms (p99)`);
  await until('nobody to be refused', () => clients.every(({ refusals }) => refusals.length === 0));
});
