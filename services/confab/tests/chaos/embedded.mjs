// The single binary on SQLite, with no bus but its own, as the servers of a run: one process that is everything,
// killed by -9 again and again. There is no CONFAB_LOG.

import fs from 'node:fs/promises';
import path from 'node:path';

import { mustRun } from '../harness/child.mjs';
import { Confab } from '../harness/confab.mjs';
import { ROOMY } from '../harness/fleet.mjs';
import { request } from '../harness/http.mjs';
import { SqliteFile } from '../harness/stores.mjs';
import { until } from '../harness/wait.mjs';
import { Servers } from './servers.mjs';

const ID = (column) => `lower(substr(hex(${column}), 1, 8) || '-' || substr(hex(${column}), 9, 4) || '-' || substr(hex(${column}), 13, 4)
  || '-' || substr(hex(${column}), 17, 4) || '-' || substr(hex(${column}), 21))`;
const QUERIES = {
  log: `select json_object('position', position, 'conversationId', ${ID('stream_id')}, 'seq', seq, 'messageNo', message_no, 'type', type,
    'version', version, 'actorId', ${ID('actor_id')}, 'clientId', case when client_id is null then null else ${ID('client_id')} end,
    'at', strftime('%Y-%m-%dT%H:%M:%S', at / 1000000, 'unixepoch') || printf('.%06dZ', at % 1000000),
    'data', data, 'targetSeq', target_seq, 'redacted', json(case when redacted_at is null then 'false' else 'true' end)) from events order by position`,
  streams: `select json_object('id', ${ID('id')}, 'kind', kind, 'guardSeq', guard_seq, 'name', name, 'visibility', visibility,
    'archivedAt', archived_at, 'createdAt', created_at, 'memberCount', member_count) from streams order by id`,
  members: `select json_object('streamId', ${ID('stream_id')}, 'userId', ${ID('user_id')}, 'role', role, 'sinceSeq', since_seq,
    'guardSeq', guard_seq) from members order by stream_id, user_id`,
};
/** Reads a database and writes a row a line. Python has SQLite built in, and the tests need Python anyhow. */
const READER = `import sqlite3, sys
rows = sqlite3.connect('file:%s?mode=ro' % sys.argv[1], uri=True).execute(sys.argv[2])
with open(sys.argv[3], 'w') as out:
    out.writelines(row[0] + '\\n' for row in rows)`;

export class Embedded extends Servers {
  static async start(things) {
    const servers = new Embedded();
    const server = await Confab.create(things, { settings: ROOMY, label: 'confab' });
    server.front = { name: server.label, url: server.url };
    await server.start();
    Object.assign(servers, { server, apis: [server], gateways: [server], links: [] });
    return servers;
  }

  get processes() {
    return [this.server];
  }

  async rooms({ groups, clients, people }) {
    await until('the server to be ready', async () => (await this.server.readiness())?.status === 200);
    const ask = async (path, token) => {
      const { status, json, text } = await request(`${this.server.url}/api/conversations/${path}`, { token });
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      return json;
    };
    const owners = new Map(groups.map(({ id, owner }) => [id, people[owner].token]));
    const rooms = new Map();
    for (const { conversations, token } of clients) {
      for (const id of conversations.filter((one) => !rooms.has(one))) {
        const owner = owners.get(id) ?? token;
        const { conversation } = await ask(id, owner);
        const { members } = conversation.visibility === 'private' && owners.has(id) ? await ask(`${id}/members?limit=200`, owner) : {};
        const { users } = owners.has(id) ? await ask(`${id}/bans?limit=200`, owner) : { users: [] };
        rooms.set(id, { head: conversation.head.seq, readers: members?.map(({ user }) => user.id), banned: users.map((user) => user.id) });
      }
    }
    return rooms;
  }

  async collect(folder) {
    await fs.mkdir(folder, { recursive: true });
    const file = path.join(this.server.cwd, 'data', 'confab.db');
    for (const [name, sql] of Object.entries(QUERIES)) await mustRun('python3', ['-c', READER, file, sql, path.join(folder, `${name}.jsonl`)]);
  }

  async differences() {
    return (await new SqliteFile(this.server.cwd).verify()).differences;
  }
}
