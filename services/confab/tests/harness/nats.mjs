// A private NATS server that a test can kill and start again on the same port and folder.
// JetStream is on, as in a fleet.

import path from 'node:path';

import { Child } from './child.mjs';
import { freePort } from './ports.mjs';
import { until } from './wait.mjs';

export class NatsServer {
  /** `{running: false}` gives a server whose port is known and which is not there yet; `config` is a settings file of NATS. */
  static async create(things, { running = true, config } = {}) {
    const server = new NatsServer(await freePort(), path.join(await things.folder(), 'jetstream'));
    // A settings file has a monitoring port, which may be taken here.
    server.options = config ? ['-c', config, '-m', `${await freePort()}`] : ['-js'];
    things.onEnd(() => server.kill());
    if (running) await server.start();
    return server;
  }

  constructor(port, folder) {
    this.port = port;
    this.folder = folder;
    this.url = `nats://127.0.0.1:${port}`;
    this.child = null;
  }

  get running() {
    return this.child !== null && this.child.running;
  }

  async start() {
    const child = new Child('nats-server', ['-a', '127.0.0.1', '-p', `${this.port}`, '-sd', this.folder, ...this.options]);
    this.child = child;
    await until('NATS to be ready', () => {
      if (!child.running) throw new Error(`NATS did not start:\n${child.stderr}`);
      return child.stderr.includes('Server is ready');
    });
  }

  /** `kill -9`: nothing is said to anybody. */
  async kill() {
    if (this.child) await this.child.end('SIGKILL');
    this.child = null;
  }
}
