// The course of one run: plan, servers, people, faults; then all is healed, everybody has to come to hold
// everything, and what the servers and the clients say is collected, checked and told.

import fsSync from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CONFAB } from '../harness/confab.mjs';
import { sleep, until } from '../harness/wait.mjs';
import { Faults } from './faults.mjs';
import { History, now } from './history.mjs';
import { judge } from './judge.mjs';
import { Servers } from './servers.mjs';
import { Worker } from './worker.mjs';
import { planWorld, makeWorld } from './world.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Built beside the binary under test. */
const BENCH = process.env.BENCH_BIN ?? path.join(path.dirname(CONFAB), 'confab-bench');
const CONVERGE_MS = 90_000;

export class Stage {
  #workers = [];
  #histories = [];

  constructor(things, options) {
    Object.assign(this, { things, ...options });
  }

  async play() {
    const { mode, seed, minutes, folder, say } = this;
    await fs.rm(folder, { recursive: true, force: true });
    for (const name of ['history', 'database', 'specs']) await fs.mkdir(path.join(folder, name), { recursive: true });
    say(`${mode.name}, seed ${seed}, ${minutes} min, in ${folder}`);
    const servers = await (mode.servers ?? Servers).start(this.things);
    this.servers = servers;
    const world = await makeWorld(planWorld(seed, mode.world), servers.apis.map((api) => ({ name: api.label, url: api.url })), this.#history('setup'));
    await this.#begin(world);
    const plan = mode.faults(seed, minutes, this.#victims());
    const faults = new Faults(this.#field(), this.#history('faults'));
    const start = now();
    const spare = minutes * 60_000 - Math.max(0, ...plan.map((fault) => fault.at + fault.ms));
    await faults.run(plan);
    if (plan.length === 0 || mode.after) await sleep(spare);
    const healed = now();
    const settling = this.writers.ask('stop', CONVERGE_MS);
    // Promised is the first: everybody holds what they may read of what was written so far. What is then still repeated
    // has to come as well, and to everybody.
    const healMs = await this.#converge(world, healed);
    const written = await settling;
    await this.writers.ask('restore', CONVERGE_MS);
    await this.#converge(world, healed);
    await this.writers.ask('read', CONVERGE_MS);
    const times = { start, healed, end: now(), healMs };
    await this.#finish();
    return judge({ folder, mode, seed, minutes, plan, faults, written, times, missing: this.missing, differences: this.differences, loops: this.loops, broken: servers.broken(), healWithinMs: this.healWithinMs, say });
  }

  #history(name) {
    const history = new History(path.join(this.folder, 'history', `${name}.jsonl`));
    this.#histories.push(history);
    return history;
  }

  async #worker(name, program, args, spec) {
    const specFile = path.join(this.folder, 'specs', `${name}.json`);
    await fs.writeFile(specFile, JSON.stringify(spec));
    const worker = new Worker(name, program, [...args, '--spec', specFile, '--history', path.join(this.folder, 'history', `${name}.jsonl`)]);
    this.things.onEnd(() => worker.kill());
    this.#workers.push(worker);
    return worker;
  }

  #script(name, file, spec) {
    return this.#worker(name, process.execPath, [script(file)], spec);
  }

  /** One half of the clients is JavaScript, the stock one; the other half is the program in Rust. */
  async #begin(world) {
    const { servers, seed } = this;
    const gateways = servers.gateways.map((gateway) => gateway.front);
    const half = Math.ceil(world.clients.length / 2);
    const [stock, rest] = [world.clients.slice(0, half), world.clients.slice(half)];
    const first = await this.#script('clients-js-1', 'clients.mjs', { seed, gateways, clients: stock });
    if (!fsSync.existsSync(BENCH)) throw new Error(`${BENCH} is missing: cargo build -p confab-bench`);
    const second = await this.#worker('clients-rust', BENCH, ['clients'], { seed, gateways, clients: rest });
    this.clients = [first, second];
    this.stock = { worker: first, clients: stock };
    const apis = servers.apis.map((api) => api.front);
    const { people, groups, lanes } = world;
    this.writers = await this.#script('writers', 'writers.mjs', { seed, apis, people, groups, lanes, changesPerSecond: this.mode.world.changesPerSecond });
  }

  #victims() {
    const { apis, gateways, links = [] } = this.servers;
    return {
      apis: apis.map((one) => one.label), gateways: gateways.map((one) => one.label), links: links.map((one) => one.name),
      readers: this.stock.clients.filter((client) => client.transport === 'websocket').map((client) => client.name),
    };
  }

  #field() {
    const { apis, gateways, links, postgres, nats, processes } = this.servers;
    const deaf = async (name, ms) => (await this.stock.worker.ask(`deaf ${name} ${ms}`)).deaf;
    return { apis, gateways, links, postgres, nats, processes, deaf };
  }

  /** Until every client stands at the head of each of its conversations that it may read, and is joined; gives the milliseconds since `from`. */
  async #converge(world, from) {
    const looked = async () => {
      const standings = Object.assign({}, ...(await Promise.all(this.clients.map((worker) => worker.ask('standing')))));
      const rooms = await this.servers.rooms(world);
      this.missing = world.clients.flatMap(({ name, user, conversations }) => conversations.flatMap((id) => {
        const room = standings[name]?.[id];
        const { head, readers, banned } = rooms.get(id);
        if ((room?.joined && room.last >= head) || (readers && !readers.includes(user)) || banned.includes(user)) return [];
        return [`${name} stands at ${room?.last} of ${head} in ${id}, ${room?.joined ? 'joined' : 'not joined'}`];
      }));
      return this.missing.length === 0;
    };
    // A server that does not answer is looked at again.
    const complete = async () => {
      try {
        return await looked();
      } catch (error) {
        this.missing = [`could not look: ${error.message}`];
        return false;
      }
    };
    // Who never comes there is told in the report.
    await until('every client to hold everything', complete, { within: CONVERGE_MS, every: 50 }).catch(() => {});
    return (now() - from) / 1000;
  }

  async #finish() {
    const { servers, folder } = this;
    this.loops = {};
    for (const worker of this.#workers) this.loops[worker.name] = (await worker.end())?.eventLoopMs;
    for (const history of this.#histories) history.close();
    await servers.collect(path.join(folder, 'database'));
    this.differences = await servers.differences();
    await servers.keepLogs(path.join(folder, 'logs'));
  }
}
