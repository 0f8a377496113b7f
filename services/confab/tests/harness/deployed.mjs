// Postgres logins and NATS users as a deployment has them: made by the files of `deploy/`, with secrets of
// this test alone. What those files grant is what the roles run with here.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { mustRun, run } from './child.mjs';
import { NatsServer } from './nats.mjs';
import { Database } from './postgres.mjs';

const DEPLOY = fileURLToPath(new URL('../../../../deploy/', import.meta.url));
export const LOGINS = ['confab_migrate_login', 'confab_api_login', 'confab_gateway_login'];

export class Deployed {
  static async create(things) {
    const deployed = new Deployed();
    // The layout of the containers: NATS finds its passwords relative to its settings.
    const folder = await things.folder();
    deployed.secrets = path.join(folder, 'run/secrets');
    const config = path.join(folder, 'etc/nats/nats.conf');
    await fs.mkdir(path.dirname(config), { recursive: true });
    await fs.mkdir(path.dirname(deployed.secrets));
    await fs.copyFile(path.join(DEPLOY, 'nats/nats.conf'), config);
    await mustRun(path.join(DEPLOY, 'secrets.sh'), [deployed.secrets]);
    things.onEnd(() => deployed.#dropLogins());
    deployed.database = await Database.create(things);
    await deployed.#makeLogins();
    deployed.nats = await NatsServer.create(things, { config });
    return deployed;
  }

  secret(name) {
    return fs.readFile(path.join(this.secrets, name), 'utf8');
  }

  /** The url with which `role` (migrate, api, gateway) logs in. */
  async databaseUrl(role) {
    const url = new URL(this.database.url);
    url.username = `confab_${role}_login`;
    url.password = await this.secret(`postgres_${role}_password`);
    return url.toString();
  }

  /** What the process of a role is given. */
  async settings(role) {
    const nats = { url: this.nats.url, user: role, password_file: path.join(this.secrets, `nats_${role}_password`) };
    return { database: { url: await this.databaseUrl(role) }, ...(role === 'migrate' ? {} : { nats }) };
  }

  /** Runs one statement as `role`; gives what psql said. */
  async sql(role, statement) {
    return run('psql', [await this.databaseUrl(role), '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
  }

  async #makeLogins() {
    const there = await this.database.query(`select rolname from pg_roles where rolname in ('${LOGINS.join("', '")}')`);
    assert.deepEqual(there, [], 'the server of DATABASE_URL has the logins of a deployment: it is not for tests');
    this.made = true;
    await this.runLogins();
  }

  /** As PostgreSQL does when it makes the database, and an operator after a change of passwords. */
  async runLogins() {
    await mustRun('psql', [this.database.url, '-X', '-q', '-f', path.join(DEPLOY, 'postgres/logins.sql')], {
      env: { ...process.env, CONFAB_SECRETS: this.secrets },
    });
  }

  /** Roles belong to the server, which other tests use, too. Runs after the database was dropped. */
  async #dropLogins() {
    if (!this.made) return;
    await mustRun('psql', [process.env.DATABASE_URL, '-X', '-q', '-c', `drop role if exists ${LOGINS.join(', ')}`]);
  }
}
