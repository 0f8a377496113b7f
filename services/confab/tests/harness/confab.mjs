// A confab process: started with settings, waited for, killed, paused, started again on its port.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Child, run } from './child.mjs';
import { freePort } from './ports.mjs';
import { until } from './wait.mjs';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
export const CONFAB = process.env.CONFAB_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'debug/confab');

/** The people of a test all come from one address, and make more groups than anybody would. */
const MANY = 100_000;
const ONE_ADDRESS = {
  limits: {
    sign_ups_burst: MANY, sign_ins_burst: MANY, sign_ins_account_burst: MANY, sign_ins_address_burst: MANY,
    conversations_burst: MANY, handshakes_burst: MANY,
  },
};

/** `{limits: {messages_burst: 5}}` as the environment says it. Nothing is inherited but the PATH. */
export function environment(settings = {}) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, RUST_BACKTRACE: '1' };
  for (const [section, values] of Object.entries(settings)) {
    for (const [key, value] of Object.entries(values)) {
      env[`CONFAB__${section.toUpperCase()}__${key.toUpperCase()}`] = String(value);
    }
  }
  return env;
}

/** Runs `confab ARGS` to its end. */
export const confab = (args, settings, options = {}) => run(CONFAB, args, { env: environment(settings), ...options });

/** Sections of both, the second's keys winning. */
export function merge(first = {}, second = {}) {
  const sections = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...sections].map((name) => [name, { ...first[name], ...second[name] }]));
}

export class Confab {
  /** `role`: `[]` for all in one, `['api']`, `['gateway']`. */
  static async create(things, { role = [], settings = {}, label, cwd } = {}) {
    const port = await freePort();
    const server = new Confab({
      label: label ?? `confab ${role.join(' ')}`.trim(),
      role,
      port,
      cwd: cwd ?? (await things.folder()),
      settings: merge(merge(ONE_ADDRESS, settings), { http: { listen: `127.0.0.1:${port}` } }),
    });
    things.watchServer(server);
    things.onEnd(() => server.kill());
    return server;
  }

  /** Created and ready to serve. */
  static async start(things, options) {
    const server = await Confab.create(things, options);
    await server.start();
    return server;
  }

  #earlier = '';
  #asked = false;

  constructor(fields) {
    Object.assign(this, fields, { child: null });
    this.url = `http://127.0.0.1:${this.port}`;
  }

  /** Starts the process without waiting for it. */
  launch() {
    if (this.child) this.#earlier += this.child.stderr;
    this.#asked = false;
    this.child = new Child(CONFAB, this.role, { env: environment(this.settings), cwd: this.cwd });
  }

  async start() {
    this.launch();
    await until(`${this.label} to be ready`, async () => {
      const ended = this.unexpectedEnd();
      if (ended) throw new Error(`${this.label} did not start, ${ended}:\n${this.child.stderr}`);
      return (await this.readiness())?.status === 200;
    });
  }

  /** `{status, body}` of `/health/ready`, null while nobody answers. */
  async readiness() {
    try {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
      return { status: response.status, body: await response.json() };
    } catch {
      return null;
    }
  }

  /** `kill -9`. */
  async kill() {
    this.#asked = true;
    if (this.child) await this.child.end('SIGKILL');
  }

  /** SIGTERM, and the way it went: `{code, signal}`. */
  async stop() {
    this.#asked = true;
    return this.child.end('SIGTERM');
  }

  pause() {
    this.child.send('SIGSTOP');
  }

  resume() {
    this.child.send('SIGCONT');
  }

  /** What all runs of this server said on stderr. */
  log() {
    return this.#earlier + (this.child?.stderr ?? '');
  }

  unexpectedEnd() {
    if (!this.child || this.child.running || this.#asked) return null;
    return `exit code ${this.child.code}, signal ${this.child.signal}`;
  }
}
