// One link of the network: a TCP proxy that can do to connections what networks do. All is well until a fault:
//   cut        every connection is reset, new ones are refused
//   refuse     new connections are refused, those there are live on
//   black-hole connections stay and nothing passes, not even their end
//   slow       bytes come late and few at a time
//   reset      every connection is reset once
//   half-open  one side is closed, the other is never told; new connections work
// `heal` ends it. What was held back then passes; who was never told is told at the next byte sent, as TCP does.

import net from 'node:net';

import { freePort } from '../harness/ports.mjs';
import { Pair } from './pair.mjs';

export const LINK_FAULTS = ['cut', 'refuse', 'black-hole', 'slow', 'reset', 'half-open'];

export class Link {
  #server = null;
  #pairs = new Set();

  /** `target`: {host, port}. */
  static async create(things, name, target) {
    const link = new Link(name, await freePort(), target);
    things.onEnd(() => link.close());
    await link.#listen();
    return link;
  }

  constructor(name, port, target) {
    Object.assign(this, { name, port, target, fault: null });
  }

  get connections() {
    return this.#pairs.size;
  }

  /** `options`: slow {latencyMs, bytesPerSecond}, half-open {side: 'near' | 'far'} (the one that is closed). */
  async break(fault, options = {}) {
    await this.heal();
    this.fault = { fault, ...options };
    if (fault === 'cut' || fault === 'refuse') this.#refuse();
    if (fault === 'cut' || fault === 'reset') for (const pair of this.#pairs) pair.reset();
    if (fault === 'black-hole') for (const pair of this.#pairs) pair.hold();
    if (fault === 'slow') for (const pair of this.#pairs) pair.pace = options;
    if (fault === 'half-open') for (const pair of this.#pairs) pair.lose(options.side);
  }

  async heal() {
    this.fault = null;
    for (const pair of this.#pairs) pair.heal();
    await this.#listen();
  }

  /** Who was left half-open is told now; else a client that only waits would learn of it by its own time-outs. */
  tell() {
    for (const pair of this.#pairs) pair.tell();
  }

  async close() {
    this.#refuse();
    for (const pair of this.#pairs) pair.reset();
  }

  #refuse() {
    this.#server?.close();
    this.#server = null;
  }

  async #listen() {
    if (this.#server) return;
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (near) => this.#accept(near));
    this.#server = server;
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  #accept(near) {
    const pair = new Pair(near, this.target, () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    if (this.fault?.fault === 'black-hole') pair.hold();
    else pair.open();
    if (this.fault?.fault === 'slow') pair.pace = this.fault;
  }
}
