// The servers of one run, all private: PostgreSQL and NATS that can be killed and paused as a whole, and a fleet
// in which every process has a link of its own to each of the two, and every client one to each gateway and API.

import fs from 'node:fs/promises';
import path from 'node:path';

import { Confab, confab, merge } from '../harness/confab.mjs';
import { ROOMY } from '../harness/fleet.mjs';
import { NatsServer } from '../harness/nats.mjs';
import { PostgresDatabase } from '../harness/stores.mjs';
import { until } from '../harness/wait.mjs';
import { collectDatabase, collectStream, query } from './collect.mjs';
import { Link } from './link.mjs';
import { PostgresServer } from './postgres-server.mjs';

const ROOMS = `select json_build_object('id', s.id, 'head', (select max(e.seq) from events e where e.stream_id = s.id),
  'readers', case when s.visibility = 'private'
    then (select coalesce(json_agg(m.user_id), '[]') from members m where m.stream_id = s.id and m.role <> 'banned') end,
  'banned', (select coalesce(json_agg(m.user_id), '[]') from members m where m.stream_id = s.id and m.role = 'banned')) from streams s`;

export class Servers {
  static async start(things, { apis = 2, gateways = 3 } = {}) {
    const servers = new Servers();
    servers.links = [];
    servers.postgres = await PostgresServer.create(things);
    servers.nats = await NatsServer.create(things);
    const done = await confab(['migrate'], { database: { url: servers.postgres.url } });
    if (done.code !== 0) throw new Error(`migrate ended with ${done.code}:\n${done.stderr}`);
    const some = (kind, count) => Promise.all(Array.from({ length: count }, (_, i) => servers.#member(things, kind, `${kind} ${i + 1}`)));
    servers.apis = await some('api', apis);
    servers.gateways = await some('gateway', gateways);
    return servers;
  }

  async #member(things, kind, name) {
    const database = await this.#link(things, `${name} to postgres`, this.postgres.port);
    const nats = await this.#link(things, `${name} to nats`, this.nats.port);
    const settings = merge(ROOMY, {
      database: { url: this.postgres.through(database.port) },
      nats: { url: `nats://127.0.0.1:${nats.port}` },
    });
    const server = await Confab.create(things, { role: [kind], label: name, settings });
    const front = await this.#link(things, `clients to ${name}`, server.port);
    server.front = { name, url: `http://127.0.0.1:${front.port}` };
    await server.start();
    return server;
  }

  async #link(things, name, port) {
    const link = await Link.create(things, name, { host: '127.0.0.1', port });
    this.links.push(link);
    return link;
  }

  get databaseUrl() {
    return this.postgres.url;
  }

  get processes() {
    return [...this.apis, ...this.gateways];
  }

  /** {conversation: {head, readers}}: the last seq, and who may read; no list if everybody may. */
  async rooms() {
    let rows = null;
    await until('the database to answer', async () => {
      rows = await query(this.databaseUrl, ROOMS).catch(() => null);
      return rows;
    });
    return new Map(rows.map((row) => JSON.parse(row)).map(({ id, ...room }) => [id, room]));
  }

  async collect(folder) {
    await collectDatabase(this.databaseUrl, folder);
    await collectStream(this.nats.url, this.databaseUrl, folder);
  }

  /** The differences that `confab verify` tells of, CONFAB_LOG's too. */
  async differences() {
    return (await new PostgresDatabase(this.databaseUrl, this.nats.url).verify('--nats')).differences;
  }

  /** What ended unasked or panicked, in words. */
  broken() {
    return this.processes.flatMap((server) => {
      const ended = server.unexpectedEnd();
      return [...(ended ? [`${server.label} ended by itself: ${ended}`] : []), ...(/panicked/i.test(server.log()) ? [`${server.label} panicked`] : [])];
    });
  }

  async keepLogs(folder) {
    await fs.mkdir(folder, { recursive: true });
    for (const server of this.processes) await fs.writeFile(path.join(folder, `${server.label.replace(' ', '-')}.log`), server.log());
    if (this.postgres) await fs.writeFile(path.join(folder, 'postgres.log'), this.postgres.log());
  }
}
