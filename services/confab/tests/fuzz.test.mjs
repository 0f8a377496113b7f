// A seeded fuzzer over the wire: packets, frames and requests that are nearly right, on both
// transports, while two neighbours on the same server chat. Nothing may panic or fail with a 5xx, the
// neighbours miss nothing, and when all is over nothing is left of it.
//
//   make fuzz PACKETS=100000 SEED=7      the long form
//   make fuzz SEED=7 CASE=1234           one connection of it again

import assert from 'node:assert/strict';

import { Connection } from './fuzz/connection.mjs';
import { Person } from './harness/http.mjs';
import { Neighbours } from './harness/neighbours.mjs';
import { Residue } from './harness/residue.mjs';
import { scenario } from './harness/scenario.mjs';

const PACKETS = Number(process.env.PACKETS || 10_000);
const SEED = Number(process.env.SEED || Math.floor(Math.random() * 2 ** 31));
const CASE = !process.env.CASE ? undefined : Number(process.env.CASE);
const LANES = 32;
const WARM_UP = 1_500;
const MEBIBYTES = 50;
/** A timer outlives each session that was never connected by 15 s; only the long form waits for it. */
const LEFT = PACKETS > 10_000 ? 0 : Infinity;

/** Cases of one seed have seeds of their own. */
const seedOf = (number) => Math.imul(SEED + 1, 0x9e3779b1) + number;

class Fuzzer {
  constructor(server, context) {
    Object.assign(this, { server, context, next: 0, packets: 0, connections: 0, entered: 0, answered: 0, running: new Set() });
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
    this.answered += connection.answer.split(/4[23]\d*\[/).length - 1;
    if (/40\{"sid"/.test(connection.answer)) this.entered += 1;
  }
}

scenario(`${PACKETS} packets that are nearly right, seed ${SEED}`, async (things, t) => {
  const neighbours = await Neighbours.start(things, { socket: { ping_interval_seconds: 2, ping_timeout_seconds: 4 } });
  const { server, eve, id } = neighbours;
  const fuzzer = new Fuzzer(server, { port: server.port, id, token: eve.token });
  if (CASE !== undefined) return fuzzer.one(CASE);
  await neighbours.chatDuring(async () => {
    const residue = await Residue.of(neighbours.metrics, server);
    await fuzzer.run(WARM_UP);
    await residue.warm();
    const since = performance.now();
    await fuzzer.run(PACKETS);
    const seconds = (performance.now() - since) / 1000;
    const after = await residue.gone({ mebibytes: MEBIBYTES, tasks: LEFT });
    t.diagnostic(`${fuzzer.packets} packets over ${fuzzer.connections} connections, ${Math.round(PACKETS / seconds)}/s, ${fuzzer.entered} of them seen to be connected, ${fuzzer.answered} answers; before ${JSON.stringify(residue.before)}, after ${JSON.stringify(after)}`);
  });
  t.diagnostic(neighbours.figures);
  // Packets that never come past the handshake try little.
  assert.ok(fuzzer.entered > fuzzer.connections / 5, `${fuzzer.entered} of ${fuzzer.connections} came in`);
  assert.ok(fuzzer.answered > 0, 'nothing was answered');
  await neighbours.unharmed();
  // A new one comes in as ever.
  await Person.signUp([server.url], 'late');
});
