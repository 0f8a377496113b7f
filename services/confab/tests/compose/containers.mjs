// The fleet of docker-compose.yml as containers of a project of its own: brought up fresh, looked into, its
// processes killed from outside as the machine would, its containers replaced as an upgrade does.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { run } from '../harness/child.mjs';
import { freePort } from '../harness/ports.mjs';
import { until, within } from '../harness/wait.mjs';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** Only a net: images are there, but a slow machine may have much else to do. */
const PATIENCE = { within: 300_000 };

/** The compose of this machine, as words; nothing where no engine runs. */
export function compose() {
  const works = (...words) => spawnSync(words[0], words.slice(1), { stdio: 'ignore' }).status === 0;
  if (!works('docker', 'info')) return undefined;
  return [['docker', 'compose'], ['docker-compose']].find((words) => works(...words, 'version'));
}

export class Containers {
  /** A fleet with an empty database, serving at `url`; removed at the end with all it stored. */
  static async up(things) {
    const containers = new Containers(compose(), await freePort(), await freePort());
    things.watchServer(containers);
    await containers.compose('down', '--volumes', '--remove-orphans');
    things.onEnd(() => containers.compose('down', '--volumes', '--remove-orphans'));
    try {
      await containers.compose('up', '--detach', '--no-build');
      await containers.answers();
    } catch (error) {
      await containers.readLogs();
      throw error;
    }
    return containers;
  }

  #compose;
  #env;
  #log = '';

  constructor(words, http, https) {
    this.#compose = words;
    this.url = `http://127.0.0.1:${http}`;
    this.label = 'the containers';
    this.#env = {
      ...process.env,
      COMPOSE_PROJECT_NAME: 'confab-test',
      COMPOSE_FILE: 'docker-compose.yml:services/confab/tests/compose/roomy.yml',
      CONFAB_HTTP_PORT: `127.0.0.1:${http}`,
      CONFAB_HTTPS_PORT: `127.0.0.1:${https}`,
    };
  }

  /** Runs compose; an exit code other than 0 is an error. */
  async compose(...args) {
    const [program, ...words] = this.#compose;
    return this.#must(program, [...words, ...args]);
  }

  /** Until the edge has an API behind it. */
  answers() {
    return until('the fleet to answer through its edge', async () => {
      // A request that the engine's own proxy took and dropped keeps nothing alive in Node; the timer of `within` does.
      const answer = await within('the edge', fetch(`${this.url}/api/me`), 10_000).catch(() => null);
      return answer?.status === 401;
    }, PATIENCE);
  }

  /** `docker inspect` of a service's container. */
  async inspect(service) {
    const id = (await this.compose('ps', '-q', service)).trim();
    return JSON.parse(await this.#must('docker', ['inspect', id]))[0];
  }

  async healthy(service) {
    await until(`${service} to be healthy`, async () => (await this.inspect(service)).State.Health.Status === 'healthy', PATIENCE);
  }

  /** SIGKILL to the main process, by its id outside, so that the restart policy applies. Gives what to wait for. */
  async kill(service) {
    const before = await this.inspect(service);
    process.kill(before.State.Pid, 'SIGKILL');
    return {
      back: async () => {
        await until(`${service} to be started again`, async () => {
          const now = await this.inspect(service);
          return now.State.Running && now.State.Pid !== before.State.Pid && now.RestartCount > before.RestartCount;
        }, PATIENCE);
        await this.healthy(service);
      },
    };
  }

  /** What an operator runs when the images are new; here they are the same, and every container is replaced. */
  upgrade() {
    return this.#must('deploy/upgrade.sh', []);
  }

  async readLogs() {
    this.#log = await this.compose('logs', '--no-color', '--tail', '200');
  }

  log() {
    return this.#log;
  }

  unexpectedEnd() {
    return undefined;
  }

  async #must(program, args) {
    const child = await run(program, args, { env: this.#env, cwd: ROOT, ...PATIENCE });
    if (child.code !== 0) throw new Error(`${child.name} ended with ${child.code}:\n${child.stderr}${child.stdout}`);
    return child.stdout;
  }
}
