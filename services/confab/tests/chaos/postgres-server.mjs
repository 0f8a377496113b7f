// A PostgreSQL server of its own, with fsync on, that can be killed by -9 and paused with all its processes, and
// started again on its port and folder: then it recovers from its log, as after a power cut.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { Child, mustRun } from '../harness/child.mjs';
import { freePort } from '../harness/ports.mjs';
import { until } from '../harness/wait.mjs';

const DEBIAN = '/usr/lib/postgresql';
// PostgreSQL refuses to run as root; and it goes when this process does.
const AS_POSTGRES = ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--init-groups', '--pdeathsig', 'KILL'];

/** The folder of the newest server programs; Debian keeps them off the PATH. */
function programs() {
  const folders = (process.env.PATH ?? '').split(':');
  const versions = fs.existsSync(DEBIAN) ? fs.readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const found = [...folders, ...versions.map((version) => `${DEBIAN}/${version}/bin`)].find((folder) => fs.existsSync(`${folder}/initdb`));
  if (!found) throw new Error('PostgreSQL is missing: run .ci/prepare');
  return found;
}

export class PostgresServer {
  #earlier = '';

  static async create(things) {
    const folder = await things.folder();
    const server = new PostgresServer(await freePort(), folder, randomBytes(18).toString('hex'));
    await server.#initialise();
    things.onEnd(() => server.kill());
    await server.start();
    return server;
  }

  constructor(port, folder, password) {
    Object.assign(this, { port, folder, password, child: null, bin: programs(), label: 'postgres' });
    this.data = path.join(folder, 'data');
    this.command = process.getuid() === 0 ? AS_POSTGRES : [];
    this.url = this.through(port);
  }

  /** The same database by another port. */
  through(port) {
    return `postgres://postgres:${this.password}@127.0.0.1:${port}/postgres`;
  }

  async #initialise() {
    fs.chmodSync(this.folder, 0o755);
    fs.mkdirSync(this.data);
    const passwordFile = path.join(this.folder, 'password');
    fs.writeFileSync(passwordFile, this.password, { mode: 0o600 });
    if (this.command.length > 0) for (const name of [this.data, passwordFile]) await mustRun('chown', ['postgres', name], {});
    const [program, ...args] = [...this.command, `${this.bin}/initdb`, '--pgdata', this.data, '--username', 'postgres',
      '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8'];
    await mustRun(program, args, { cwd: this.folder });
    fs.rmSync(passwordFile);
  }

  /** Starts it without waiting. */
  launch() {
    if (this.child) this.#earlier += this.child.stderr;
    const [program, ...args] = [...this.command, `${this.bin}/postgres`, '-D', this.data, '-p', `${this.port}`,
      '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${this.data}`, '-c', 'max_connections=200', '-c', 'fsync=on'];
    this.child = new Child(program, args, { cwd: this.folder });
  }

  /** Until it answers, or was killed before. */
  async start() {
    this.launch();
    const { child } = this;
    await until('PostgreSQL to be ready', async () => {
      if (this.killed === child) return true;
      if (!child.running) throw new Error(`PostgreSQL did not start:\n${child.stderr}`);
      return this.answers();
    }, { every: 50 });
  }

  async answers() {
    const asked = new Child('psql', [this.url, '-X', '-A', '-t', '-c', 'select 1'], { env: { PATH: process.env.PATH, PGCONNECT_TIMEOUT: '5' } });
    return (await asked.ended).code === 0;
  }

  /** `kill -9` of the server and of every process it started, none of which can do anything in between. */
  async kill() {
    if (!this.child?.running) return;
    this.killed = this.child;
    for (const pid of this.#all('SIGSTOP').reverse()) signal(pid, 'SIGKILL');
    await this.child.end('SIGKILL');
  }

  pause() {
    this.#all('SIGSTOP');
  }

  resume() {
    for (const pid of this.#children()) signal(pid, 'SIGCONT');
    signal(this.child.pid, 'SIGCONT');
  }

  log() {
    return this.#earlier + (this.child?.stderr ?? '');
  }

  /** The server first: then it starts no more, and its children are known. Gives all of them. */
  #all(name) {
    signal(this.child.pid, name);
    const children = this.#children();
    for (const pid of children) signal(pid, name);
    return [this.child.pid, ...children];
  }

  #children() {
    const { pid } = this.child;
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended by itself.
    if (error.code !== 'ESRCH') throw error;
  }
}
