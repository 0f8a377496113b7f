// A TCP proxy that takes its time: whatever the server answers comes up to so many milliseconds later, in its order.

import net from 'node:net';

import { freePort } from './ports.mjs';

export class SlowProxy {
  /** `target`: as `net.connect` takes it. */
  static async create(things, target, random, delayMs) {
    const proxy = new SlowProxy(await freePort());
    const sockets = new Set();
    const server = net.createServer((near) => {
      const far = net.connect(target);
      for (const [socket, other] of [[near, far], [far, near]]) {
        sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
      near.pipe(far);
      proxy.#slowly(far, near, () => random.next() * delayMs);
    });
    things.onEnd(() => {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.forEach((socket) => socket.destroy());
      return closed;
    });
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(proxy.port, '127.0.0.1', resolve);
    });
    return proxy;
  }

  constructor(port) {
    Object.assign(this, { port, slowed: 0 });
  }

  #slowly(from, to, delay) {
    let due = 0;
    from.on('data', (bytes) => {
      this.slowed += 1;
      // Never before what came earlier.
      due = Math.max(due, performance.now() + delay());
      setTimeout(() => {
        if (!to.destroyed) to.write(bytes);
      }, due - performance.now());
    });
  }
}
