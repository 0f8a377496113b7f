// What the servers hold when all is over, written as JSON lines for the checker: the log as the database has it,
// the projections beside it, and the stream CONFAB_LOG as a consumer reads it.

import fs from 'node:fs/promises';
import path from 'node:path';

import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { mustRun } from '../harness/child.mjs';
import { until } from '../harness/wait.mjs';

const STREAM = 'CONFAB_LOG';
const LOG = `select json_build_object('position', position, 'conversationId', stream_id, 'seq', seq, 'messageNo', message_no, 'type', type,
  'version', version, 'actorId', actor_id, 'clientId', client_id,
  'at', to_char(timestamp 'epoch' + at * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'data', data, 'targetSeq', target_seq, 'redacted', redacted_at is not null) from events order by position`;
const STREAMS = `select json_build_object('id', id, 'kind', kind, 'guardSeq', guard_seq, 'name', name, 'visibility', visibility,
  'archivedAt', archived_at, 'createdAt', created_at, 'memberCount', member_count) from streams order by id`;
const MEMBERS = `select json_build_object('streamId', stream_id, 'userId', user_id, 'role', role, 'sinceSeq', since_seq, 'guardSeq', guard_seq)
  from members order by stream_id, user_id`;

/** Rows of a query as text, one a line. */
export async function query(databaseUrl, sql) {
  const { stdout } = await mustRun('psql', [databaseUrl, '-X', '-A', '-t', '-q', '-c', sql], { env: { PATH: process.env.PATH } });
  return stdout.split('\n').filter(Boolean);
}

export async function collectDatabase(databaseUrl, folder) {
  await fs.mkdir(folder, { recursive: true });
  for (const [name, sql] of Object.entries({ log: LOG, streams: STREAMS, members: MEMBERS })) {
    await mustRun('psql', [databaseUrl, '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-o', path.join(folder, `${name}.jsonl`), '-c', sql], { env: { PATH: process.env.PATH } });
  }
}

/** Waits until the stream ends where the log ends, then reads all of it. */
export async function collectStream(natsUrl, databaseUrl, folder) {
  const connection = await connect({ servers: natsUrl });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const [head] = await query(databaseUrl, 'select position from log_head');
    let state;
    await until(`the stream to end at ${head}`, async () => {
      ({ state } = await manager.streams.info(STREAM));
      return state.last_seq >= Number(head);
    });
    await fs.writeFile(path.join(folder, 'state.json'), JSON.stringify(state));
    await readStream(jetstream(connection, { checkAPI: false }), state, path.join(folder, 'stream.jsonl'));
  } finally {
    await connection.close();
  }
}

async function readStream(js, state, file) {
  const out = await fs.open(file, 'w');
  const lines = [];
  const consumer = await js.consumers.get(STREAM, { deliver_policy: DeliverPolicy.All });
  for await (const message of await consumer.consume({ max_messages: 2000 })) {
    const headers = Object.fromEntries(message.headers.keys().map((key) => [key, message.headers.get(key)]));
    lines.push(JSON.stringify({ seq: message.seq, subject: message.subject, headers, body: message.string() }));
    if (lines.length === 5000) await out.write(`${lines.splice(0).join('\n')}\n`);
    if (message.seq >= state.last_seq) break;
  }
  if (lines.length > 0) await out.write(`${lines.join('\n')}\n`);
  await out.close();
}
