// A seeded fuzzer over the wire: packets, frames and requests that are nearly right, on both
// transports, while two neighbours on the same server chat. Nothing may panic or fail with a 5xx, the
// neighbours miss nothing, and when all is over nothing is left of it.
//
//   make fuzz PACKETS=100000 SEED=7      the long form
//   make fuzz SEED=7 CASE=1234           one connection of it again

import assert from 'node:assert/strict';

import { Connection } from './fuzz/connection.mjs';
import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Confab } from './harness/confab.mjs';
import { ROOMY } from './harness/fleet.mjs';
import { Person, signUpMany } from './harness/http.mjs';
import { metrics } from './harness/metrics.mjs';
import { freePort } from './harness/ports.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS } from './harness/stock.mjs';
import { sleep, until } from './harness/wait.mjs';

const PACKETS = Number(process.env.PACKETS || 10_000);
const SEED = Number(process.env.SEED || Math.floor(Math.random() * 2 ** 31));
const CASE = !process.env.CASE ? undefined : Number(process.env.CASE);
const LANES = 32;
const WARM_UP = 1_500;
const MEMORY = 50 * 2 ** 20;

/** Cases of one seed have seeds of their own. */
const seedOf = (number) => Math.imul(SEED + 1, 0x9e3779b1) + number;

class Fuzzer {
  constructor(server, context) {
    Object.assign(this, { server, context, next: 0, packets: 0, connections: 0, running: new Set() });
  }

  /** As many connections as it takes for `packets` packets. */
  async run(packets) {
    const end = this.packets + packets;
    const lane = async () => {
      while (this.packets < end) await this.one(this.next++);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  async one(number) {
    const connection = new Connection(seedOf(number), this.context);
    this.running.add(connection);
    const about = (text) => new Error(`${text}; again with: make fuzz SEED=${SEED} CASE=${number}\n${connection.describe()}`);
    await connection.run().catch((error) => {
      throw about(`the server took no connection (${error.code})`);
    });
    if (/panicked/.test(this.server.log())) throw about(`a panic, by this or one of ${[...this.running].map(({ seed }) => seed)}`);
    // 501 is what HTTP has for a transfer encoding or method that is not known.
    if (connection.failures.some((status) => status !== '501')) throw about(`answered ${connection.failures}`);
    this.running.delete(connection);
    this.packets += connection.packets;
    this.connections += 1;
  }
}

async function resident(url) {
  const page = await metrics(url);
  return { memory: page.value('process_resident_memory_bytes'), files: page.value('process_open_fds'), tasks: page.value('confab_async_tasks') };
}

/** Only the neighbours' two sockets are left, by all that can be seen of the server. */
async function settled(url) {
  await until('all sockets to be gone', async () => (await metrics(url)).value('confab_sockets') === 2);
  await until('all lines to be gone', async () => (await metrics(url)).value('confab_lines', { state: 'claimed' }) === 2);
  return resident(url);
}

scenario(`${PACKETS} packets that are nearly right, seed ${SEED}`, async (things, t) => {
  const shown = await freePort();
  const server = await Confab.start(things, {
    settings: { ...ROOMY, limits: { ...ROOMY.limits, sockets_per_user: 100_000 }, metrics: { listen: `127.0.0.1:${shown}` } },
  });
  const [ann, ben, eve] = await signUpMany([server.url], ['ann', 'ben', 'eve']);
  const { id } = await ann.createGroup('neighbours', [ben.id, eve.id]);
  const neighbours = TRANSPORTS.map((transport) => ChatClient.create(things, { person: ben, urls: [server.url], transport, label: 'neighbour' }));
  for (const client of neighbours) {
    client.open(id, { after: 0 });
    await client.start().settled();
  }
  const url = `http://127.0.0.1:${shown}`;
  const fuzzer = new Fuzzer(server, { port: server.port, id, token: eve.token });
  if (CASE !== undefined) return fuzzer.one(CASE);

  let over = false;
  let sent = 0;
  const chat = (async () => {
    for (; !over; sent++) {
      await ann.send(id, `message ${sent}`);
      await sleep(50);
    }
  })();
  try {
    await fuzzer.run(WARM_UP);
    const before = await settled(url);
    const since = Date.now();
    await fuzzer.run(PACKETS);
    const took = (Date.now() - since) / 1000;
    over = true;
    await chat;
    const after = await settled(url);
    t.diagnostic(`${fuzzer.packets} packets over ${fuzzer.connections} connections, ${Math.round(PACKETS / took)}/s; ${sent} messages to the neighbours; memory ${mib(before.memory)} MiB before, ${mib(after.memory)} after; files ${before.files}, ${after.files}; tasks ${before.tasks}, ${after.tasks}`);
    assert.ok(after.memory - before.memory < MEMORY, `memory grew from ${mib(before.memory)} to ${mib(after.memory)} MiB; seed ${SEED}`);
    const log = await ann.log(id);
    for (const client of neighbours) {
      await reaches(client.room(id), log.seq, client.label);
      holdsLog(client.room(id), log, client.label);
      assert.equal(client.connections, 1, `${client.label} was disconnected; seed ${SEED}`);
    }
    // A new one comes in as ever.
    assert.ok(await Person.signUp([server.url], 'late'));
  } finally {
    over = true;
    await chat;
  }
});

const mib = (bytes) => Math.round(bytes / 2 ** 20);
