// A fresh database in the server of DATABASE_URL, and a way to look into it. The server itself is
// shared by all tests and comes from `.ci/with-servers`; a test that needs it away puts a proxy between.

import { randomBytes } from 'node:crypto';

import { mustRun } from './child.mjs';

export class Database {
  static async create(things) {
    const server = process.env.DATABASE_URL;
    if (!server) throw new Error('DATABASE_URL is not set: run the tests with `make test`');
    const name = `confab_${randomBytes(8).toString('hex')}`;
    await psql(server, `create database ${name}`);
    things.onEnd(() => psql(server, `drop database ${name} with (force)`));
    const url = new URL(server);
    url.pathname = `/${name}`;
    return new Database(url.toString());
  }

  constructor(url) {
    this.url = url;
  }

  /** The same database through another port, for a proxy. */
  through(port) {
    const url = new URL(this.url);
    url.hostname = '127.0.0.1';
    url.port = String(port);
    return url.toString();
  }

  get address() {
    const { hostname, port } = new URL(this.url);
    return { host: hostname, port: Number(port || 5432) };
  }

  /** Rows as arrays of strings. */
  query(sql) {
    return psql(this.url, sql);
  }
}

async function psql(url, sql) {
  const { stdout } = await mustRun('psql', [url, '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
    env: { ...process.env, PGCONNECT_TIMEOUT: '30' },
  });
  return stdout.split('\n').filter(Boolean).map((line) => line.split('|'));
}
