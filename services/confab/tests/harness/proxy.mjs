// A TCP proxy in front of a server that a test wants to lose: `cut()` breaks every connection and
// refuses new ones, `heal()` takes them again on the same port.

import net from 'node:net';

import { freePort } from './ports.mjs';

export class Proxy {
  #server = null;
  #sockets = new Set();

  /** `{open: false}` gives one that refuses until `heal()`. */
  static async create(things, target, { open = true } = {}) {
    const proxy = new Proxy(await freePort(), target);
    things.onEnd(() => proxy.cut());
    if (open) await proxy.heal();
    return proxy;
  }

  constructor(port, target) {
    this.port = port;
    this.target = target;
  }

  heal() {
    if (this.#server) return Promise.resolve();
    const server = net.createServer((near) => {
      const far = net.connect(this.target);
      for (const [socket, other] of [[near, far], [far, near]]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  async cut() {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    this.#sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}
