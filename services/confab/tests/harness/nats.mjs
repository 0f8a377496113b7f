// A private NATS server that a test can kill and start again on the same port and folder.
// JetStream is on, as in a fleet, unless a test wants it off.

import path from 'node:path';

import { Child } from './child.mjs';
import { freePort } from './ports.mjs';
import { until } from './wait.mjs';

export class NatsServer {
  /**
   * `{running: false}` gives a server whose port is known and which is not there yet; `config` is a settings file of NATS;
   * `{jetstream: false}` gives one without JetStream, until its `jetstream` is set and it is started again.
   */
  static async create(things, { running = true, config, jetstream = true } = {}) {
    const server = new NatsServer(await freePort(), path.join(await things.folder(), 'jetstream'));
    server.jetstream = jetstream;
    // A settings file has a monitoring port, which may be taken here.
    if (config) server.options = ['-c', config, '-m', `${await freePort()}`];
    things.onEnd(() => server.kill());
    if (running) await server.start();
    return server;
  }

  constructor(port, folder) {
    this.port = port;
    this.folder = folder;
    this.options = [];
    this.url = `nats://127.0.0.1:${port}`;
    this.child = null;
  }

  get running() {
    return this.child !== null && this.child.running;
  }

  /** Until it is ready, or was killed before. */
  async start() {
    const store = this.jetstream ? ['-js', '-sd', this.folder] : [];
    const child = new Child('nats-server', ['-a', '127.0.0.1', '-p', `${this.port}`, ...store, ...this.options]);
    this.child = child;
    await until('NATS to be ready', () => {
      if (this.child !== child) return true;
      if (!child.running) throw new Error(`NATS did not start:\n${child.stderr}`);
      return child.stderr.includes('Server is ready');
    });
  }

  pause() {
    this.child.send('SIGSTOP');
  }

  resume() {
    this.child.send('SIGCONT');
  }

  /** `kill -9`: nothing is said to anybody. */
  async kill() {
    const { child } = this;
    this.child = null;
    if (child) await child.end('SIGKILL');
  }
}
