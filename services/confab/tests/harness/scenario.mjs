// One test with everything it starts. What was registered is closed in reverse order at the end;
// a failure shows what the servers said; a success is only one if no client recorded a violation,
// no server panicked and none ended unasked.

import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

const TAIL_LINES = 80;

export class Things {
  #closers = [];
  #servers = [];
  #clients = [];

  /** Registers `close`, which runs at the end of the test, last registered first. */
  onEnd(close) {
    this.#closers.push(close);
  }

  /** `server`: has `label`, `log()`, `unexpectedEnd()`. */
  watchServer(server) {
    this.#servers.push(server);
  }

  /** `client`: has `label` and `violations`. */
  watchClient(client) {
    this.#clients.push(client);
  }

  async folder() {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'confab-test-'));
    this.onEnd(() => fs.rm(folder, { recursive: true, force: true }));
    return folder;
  }

  get violations() {
    return this.#clients.flatMap((client) => client.violations.map((text) => `${client.label}: ${text}`));
  }

  /** Everything that must hold at the end of every test, whatever it was about. */
  check() {
    const wrong = [...this.violations];
    for (const server of this.#servers) {
      if (/panicked/i.test(server.log())) wrong.push(`${server.label} panicked`);
      const ended = server.unexpectedEnd();
      if (ended) wrong.push(`${server.label} ended by itself: ${ended}`);
    }
    if (wrong.length > 0) {
      const shown = wrong.slice(0, 30).join('\n');
      throw new Error(`${wrong.length} violation(s):\n${shown}`);
    }
  }

  logs() {
    return this.#servers
      .map((server) => `--- ${server.label}\n${server.log().split('\n').slice(-TAIL_LINES).join('\n')}`)
      .join('\n');
  }

  async close() {
    const failed = [];
    for (const close of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        failed.push(error);
      }
    }
    this.#closers = [];
    if (failed.length > 0) throw new AggregateError(failed, `closing failed: ${failed.join('; ')}`);
  }
}

/** A test whose body gets `(things, t)`. */
export function scenario(name, body) {
  test(name, async (t) => {
    const things = new Things();
    const errors = [];
    const attempt = async (work) => {
      try {
        await work();
      } catch (error) {
        errors.push(error);
      }
    };
    await attempt(() => body(things, t));
    if (errors.length === 0) await attempt(() => things.check());
    const logs = things.logs();
    await attempt(() => things.close());
    if (errors.length > 0) {
      process.stderr.write(`\n${name}: what the servers said\n${logs}\n`);
      if (things.violations.length > 0) process.stderr.write(`violations: ${things.violations.slice(0, 20).join('\n')}\n`);
      throw errors[0];
    }
  });
}

/** One subtest per case, all of them run; fails if any of them did. A case has a `name`. */
export async function table(t, cases, check) {
  const failed = [];
  for (const one of cases) {
    await t.test(one.name, async () => {
      try {
        await check(one);
      } catch (error) {
        failed.push(one.name);
        throw error;
      }
    });
  }
  if (failed.length > 0) throw new Error(`${failed.length} case(s) failed: ${failed.join(' · ')}`);
}
