// A proxy before NATS that knows its protocol: of what the server sends it loses, delays (and so swaps) and repeats single live
// messages. Everything else, and all that the client sends, goes through as it is.

import net from 'node:net';

import { freePort } from './ports.mjs';

const HURT = 'confab.live.';
const LINE_END = Buffer.from('\r\n');

/** Cuts a server's bytes into frames: a line, and the payload that a message has behind it. */
export class Frames {
  #unread = Buffer.alloc(0);

  /** The whole frames that these bytes complete, each `{subject, bytes}`; `subject` is null where there is none. */
  take(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    const frames = [];
    for (;;) {
      const end = this.#unread.indexOf(LINE_END);
      if (end < 0) return frames;
      const words = this.#unread.toString('latin1', 0, end).split(' ');
      const message = words[0] === 'MSG' || words[0] === 'HMSG';
      const length = end + 2 + (message ? Number(words.at(-1)) + 2 : 0);
      if (this.#unread.length < length) return frames;
      frames.push({ subject: message ? words[1] : null, bytes: this.#unread.subarray(0, length) });
      this.#unread = this.#unread.subarray(length);
    }
  }
}

export class NatsProxy {
  /** `faults`: `{loss, repeat}` as probabilities, `delayMs` at most; they may be changed at any time. */
  static async create(things, nats, random, faults) {
    const proxy = new NatsProxy(await freePort(), nats.port, random, faults);
    things.onEnd(() => proxy.#close());
    await new Promise((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(proxy.port, '127.0.0.1', resolve);
    });
    return proxy;
  }

  #server = net.createServer((client) => this.#join(client));
  #sockets = new Set();
  #random;

  constructor(port, target, random, faults) {
    Object.assign(this, { port, target, faults, lost: 0, repeated: 0, delayed: 0, url: `nats://127.0.0.1:${port}` });
    this.#random = random;
  }

  #join(client) {
    const server = net.connect(this.target, '127.0.0.1');
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(server);
    const frames = new Frames();
    server.on('data', (bytes) => {
      for (const frame of frames.take(bytes)) this.#pass(client, frame);
    });
  }

  #pass(client, { subject, bytes }) {
    if (!subject?.startsWith(HURT)) return void client.write(bytes);
    const { loss = 0, repeat = 0, delayMs = 0 } = this.faults;
    if (this.#random.chance(loss)) return void this.lost++;
    const again = this.#random.chance(repeat);
    if (again) this.repeated++;
    for (let copies = again ? 2 : 1; copies > 0; copies--) this.#later(client, bytes, this.#random.next() * delayMs);
  }

  #later(client, bytes, ms) {
    if (ms < 1) return void client.write(bytes);
    this.delayed++;
    setTimeout(() => {
      if (!client.destroyed) client.write(bytes);
    }, ms).unref();
  }

  async #close() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}
