// One connection of the fuzzer: all that it sends follows from its seed, so that it can be had again.
// It keeps what it sent, for the report.

import net from 'node:net';

import { framed } from './frames.mjs';
import { packets } from './packets.mjs';
import { poll, post, upgrade } from './requests.mjs';
import { Random } from '../harness/random.mjs';

const QUIET_MS = 15;
const LONGEST_MS = 500;
/** More than any of them has a use for. */
const KEPT_ANSWER = 64 * 1024;

export class Connection {
  /** `context`: `{port, id, token}`. */
  constructor(seed, context) {
    this.seed = seed;
    this.random = new Random(seed);
    // Half of them break little, so that they come further.
    this.context = { ...context, tame: this.random.chance(0.5) };
    this.sent = [];
    this.answer = '';
    this.packets = 0;
    this.overPolling = this.random.chance(0.35);
  }

  /** Sends all and goes; the connection may be gone long before. */
  async run() {
    await this.#open();
    try {
      await (this.overPolling ? this.#polling() : this.#websocket());
      await this.#quiet();
    } finally {
      if (this.random.chance(0.5)) this.socket.destroy();
      else if (this.random.chance(0.5)) this.socket.resetAndDestroy();
      else this.socket.end();
      setTimeout(() => this.socket.destroy(), 50);
    }
  }

  /** Statuses of 500 and above in the answers. */
  get failures() {
    return [...this.answer.matchAll(/HTTP\/1\.1 (5\d\d)/g)].map(([, status]) => status);
  }

  describe() {
    const bytes = Buffer.concat(this.sent);
    return `seed ${this.seed} (${this.overPolling ? 'polling' : 'websocket'}, ${this.packets} packets), sent:\n${bytes.subarray(0, 4000).toString('latin1').replace(/[^\x20-\x7e\n]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}\nanswered:\n${this.answer.slice(0, 2000)}`;
  }

  #open() {
    return new Promise((resolve, reject) => {
      this.socket = net.connect(this.context.port, '127.0.0.1');
      this.socket.setNoDelay(true);
      this.socket.once('connect', resolve);
      // That the server cuts it is what is expected; only a refused connection is not.
      this.socket.once('error', reject);
      this.socket.on('error', () => { this.gone = true; });
      this.socket.on('close', () => { this.gone = true; });
      this.socket.on('data', (data) => {
        this.heard = Date.now();
        if (this.answer.length < KEPT_ANSWER) this.answer += data.toString('latin1');
      });
    });
  }

  async #send(bytes) {
    if (this.gone) return;
    this.sent.push(bytes);
    this.socket.write(bytes);
    if (this.random.chance(0.1)) await new Promise(setImmediate);
  }

  /** The next few packets, nearly right. */
  #some() {
    const list = packets(this.random, this.context);
    // What is sent to nobody does not count.
    if (!this.gone) this.packets += list.length;
    return list;
  }

  async #websocket() {
    await this.#send(upgrade(this.random, this.context));
    if (this.random.chance(0.7)) await this.#heard(/HTTP\/1\.1 \d+/);
    if (this.random.chance(0.9)) await this.#send(framed(this.random, `40{"token":"${this.context.token}"}`));
    // What comes before the CONNECT is answered closes the session, as it must.
    if (this.random.chance(0.9)) await this.#heard(/4[04]\{/);
    for (let rounds = 1 + this.random.below(this.context.tame ? 80 : 30); rounds > 0 && !this.gone; rounds--) {
      for (const packet of this.#some()) await this.#send(framed(this.random, packet, this.context.tame));
      if (this.random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async #polling() {
    await this.#send(Buffer.from(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1:${this.context.port}\r\n\r\n`));
    await this.#heard(/"sid":"[^"]+"/);
    const sid = /"sid":"([^"]+)"/.exec(this.answer)?.[1] ?? 'none';
    const to = { port: this.context.port, sid };
    if (this.random.chance(0.8)) await this.#send(post(this.random, to, Buffer.from(`40{"token":"${this.context.token}"}`)));
    if (this.random.chance(0.9)) {
      await this.#send(poll(this.random, to));
      await this.#heard(/4[04]\{|HTTP\/1.1 4/);
    }
    for (let rounds = 1 + this.random.below(8); rounds > 0 && !this.gone; rounds--) {
      const payload = Array.from({ length: 1 + this.random.below(6) }, () => this.#some()).flat()
        .map((packet) => (typeof packet === 'string' ? packet : `b${packet.toString('base64')}`)).join('\x1e');
      const body = Buffer.from(payload, this.random.chance(0.95) ? 'utf8' : 'latin1');
      await this.#send(post(this.random, to, body));
      if (this.random.chance(0.3)) await this.#send(poll(this.random, to));
      if (this.random.chance(0.5)) await this.#quiet();
    }
  }

  /** Waits until the answer has `what`, or nothing is to be expected any more. */
  async #heard(what) {
    const end = Date.now() + LONGEST_MS;
    while (!this.gone && Date.now() < end && !what.test(this.answer)) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  /** Waits until nothing has come for a moment. */
  async #quiet() {
    this.heard = Date.now();
    const end = Date.now() + LONGEST_MS;
    while (!this.gone && Date.now() < end && Date.now() - this.heard < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
