// The parts that a message passes through, each by itself: a commit of Postgres, by pgbench, and a way through NATS.

import fs from 'node:fs/promises';
import path from 'node:path';

import { mustRun } from '../../confab/tests/harness/child.mjs';
import { NatsServer } from '../../confab/tests/harness/nats.mjs';
import { Database } from '../../confab/tests/harness/postgres.mjs';
import { BENCH } from './contestants.mjs';
import { median } from './figures.mjs';

const ROOMS = 100;
/** An append as one statement: the number from the row of the conversation, and the message. To pgbench `:word` is a variable. */
const SCHEMA = `
  create table head (id int primary key, seq bigint not null) with (fillfactor = 50);
  create table message (id int not null, seq bigint not null, client_id uuid not null, at timestamptz not null, data text not null,
    primary key (id, seq));
  insert into head select n, 0 from generate_series(1, ${ROOMS}) n`;
const APPEND = `\\set room random(1, ${ROOMS})
with next as (update head set seq = seq + 1 where id = :room returning id, seq)
insert into message select id, seq, gen_random_uuid(), now(), '{"body": "${'x'.repeat(120)}", "replyTo": null, "attachments": []}' from next returning seq;
`;

/** `{perSecond, p50}` of one-statement appends by 8 clients; `rate`: so many a second, else as fast as it goes. Microseconds. */
export async function commits(things, { rate, seconds }) {
  const database = await Database.create(things);
  await database.query(SCHEMA);
  const folder = await things.folder();
  await fs.writeFile(path.join(folder, 'append.sql'), APPEND);
  const pace = rate ? ['--rate', `${rate}`] : [];
  const url = new URL(database.url);
  const { stdout } = await mustRun(process.env.PGBENCH_BIN ?? 'pgbench', [
    '-n', '-M', 'prepared', '-c', '8', '-j', '1', '-T', `${Math.max(1, Math.ceil(seconds))}`, '-f', 'append.sql', '-l', ...pace,
  ], {
    cwd: folder,
    env: {
      PATH: process.env.PATH, PGHOST: url.hostname, PGPORT: url.port, PGUSER: decodeURIComponent(url.username),
      PGPASSWORD: decodeURIComponent(url.password), PGDATABASE: url.pathname.slice(1),
    },
  });
  const log = (await fs.readdir(folder)).filter((name) => name.startsWith('pgbench_log'));
  const text = (await Promise.all(log.map((name) => fs.readFile(path.join(folder, name), 'utf8')))).join('');
  // client, transaction, microseconds, script, seconds, microseconds, and with a rate how late it was.
  const times = text.trim().split('\n').map((line) => line.split(' ').map(Number)).map(([, , time, , , , late = 0]) => time - late);
  return { perSecond: Number(/tps = ([\d.]+)/.exec(stdout)[1]), p50: median(times) };
}

/** `{p50, p99, max}` of a message from one connection to another, in microseconds. */
export async function hop(things, { rate, seconds }) {
  const nats = await NatsServer.create(things);
  const { stdout } = await mustRun(BENCH, ['hop', '--nats', nats.url, '--rate', `${rate}`, '--seconds', `${Math.ceil(seconds)}`]);
  return JSON.parse(stdout);
}
