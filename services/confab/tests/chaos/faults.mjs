// Carries out a plan of faults: each begins at its time, whatever the others do, lasts, and is ended. Every one is
// written into the history with the times it really had.

import { Confab } from '../harness/confab.mjs';
import { sleep } from '../harness/wait.mjs';
import { now } from './history.mjs';

const NO_LEADER_MS = 4000;

export class Faults {
  /** `stage`: {apis, gateways, links, postgres, nats, deaf(client, ms)}. */
  constructor(stage, history) {
    Object.assign(this, { stage, history });
    this.counts = {};
    this.skipped = [];
  }

  async run(plan) {
    const start = Date.now();
    await Promise.all(plan.map(async (fault) => {
      await sleep(start + fault.at - Date.now());
      await this.#carryOut(fault);
    }));
    this.history.write('healed', {});
  }

  async #carryOut(fault) {
    const begun = now();
    const victim = await this.#victim(fault);
    const done = victim === null ? false : await this[`_${fault.kind}`](victim, fault);
    if (!done) {
      this.skipped.push(fault.name);
      return;
    }
    const count = `${fault.kind} ${fault.kind === 'link' ? fault.fault : fault.target}`;
    this.counts[count] = (this.counts[count] ?? 0) + 1;
    const name = fault.target === 'leader' ? `${fault.name} (${victim.label})` : fault.name;
    this.history.write('fault', { t: begun, name, kind: fault.kind, target: fault.target, victim: victim.label ?? victim.name ?? fault.victim, until: now() });
  }

  async #victim({ kind, target, victim }) {
    const { stage } = this;
    if (kind === 'reader') return victim;
    if (kind === 'link') return stage.links.find((link) => link.name === victim);
    if (target === 'nats' || target === 'postgres') return stage[target];
    if (target !== 'leader') return stage.processes.find((server) => server.label === victim);
    for (const end = Date.now() + NO_LEADER_MS; Date.now() < end; await sleep(50)) {
      const leader = stage.apis.find(leads);
      if (leader) return leader;
    }
    return null;
  }

  async _kill(server, { ms }) {
    if (!server.child?.running) return false;
    await server.kill();
    await sleep(ms);
    // Somebody else may have started it meanwhile: the leader is also an API.
    if (server.child?.running) return true;
    // PostgreSQL and NATS are away until they answer; how soon we are there again is ours to show.
    if (server instanceof Confab) server.launch();
    else await server.start();
    return true;
  }

  async _pause(server, { ms }) {
    const { child } = server;
    if (!child?.running) return false;
    server.pause();
    await sleep(ms);
    // It may have been killed meanwhile, and be another.
    if (server.child === child && child.running) server.resume();
    return true;
  }

  async _link(link, { fault, options, ms }) {
    await link.break(fault, options);
    await sleep(ms);
    await link.heal();
    // A stock client learns of a lost server by missing pings only, in up to 18 s.
    if (fault === 'half-open' && link.name.startsWith('clients')) link.tell();
    return true;
  }

  async _reader(client, { ms }) {
    const done = await this.stage.deaf(client, Math.round(ms));
    if (done) await sleep(ms);
    return done;
  }
}

/** By what it last said of itself. */
function leads(api) {
  const said = [...(api.child?.stderr ?? '').matchAll(/relay of this process (leads|rests)/g)].at(-1);
  return api.child?.running && said?.[1] === 'leads';
}
