// Stores of both kinds that a test may copy, look into and damage behind Confab's back, as a broken disk or
// a hand in the database would. No server runs on them.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

import { mustRun, run } from './child.mjs';
import { confab } from './confab.mjs';
import { Database } from './postgres.mjs';

// Statements on stdin; the rows of all of them on stdout, bytes as hex digits.
const SQLITE = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma synchronous = off")
rows = []
for statement in sys.stdin.read().split(";\\n"):
    rows += db.execute(statement).fetchall()
print(json.dumps([[v.hex() if isinstance(v, bytes) else v for v in row] for row in rows]))
`;

const TABLES = ['users', 'credentials', 'sessions', 'read_marks', 'events', 'streams', 'members', 'files', 'file_uses'];
const KEEP = ['create schema kept', ...TABLES.map((table) => `create table kept.${table} as select * from ${table}`)].join(';\n');
const RESET = TABLES.flatMap((table) => [`delete from ${table}`, `insert into ${table} select * from kept.${table}`]).join(';\n');

class Store {
  /** Runs a `confab` command on it. */
  confab(args, options = {}) {
    return confab(args, this.settings, { cwd: this.cwd, ...options });
  }

  /** The report of `confab verify`, with its exit code. */
  async verify(...args) {
    const child = await this.confab(['verify', '--json', ...args]);
    if (![0, 1].includes(child.code)) throw new Error(`verify ended with ${child.code}:\n${child.stderr}`);
    return { code: child.code, ...JSON.parse(child.stdout) };
  }

  /** All rows of some tables, each as one text, in any order but always the same. */
  async rows(tables) {
    const rows = await this.sql(tables.map((table) => `select '${table}', x.* from ${table} x`).join(';\n'));
    return rows.map((row) => JSON.stringify(row)).sort();
  }
}

/** A SQLite file in a folder of its own. */
export class SqliteFile extends Store {
  constructor(cwd) {
    super();
    Object.assign(this, { kind: 'SQLite', cwd, settings: { log: { filter: 'warn' } }, file: path.join(cwd, 'data/confab.db') });
  }

  static async empty(things) {
    return new SqliteFile(await things.folder());
  }

  async copy(things) {
    const copy = await SqliteFile.empty(things);
    await fs.cp(path.join(this.cwd, 'data'), path.join(copy.cwd, 'data'), { recursive: true });
    return copy;
  }

  /** A copy with some damage done to it. */
  async damaged(things, statements) {
    const copy = await this.copy(things);
    await copy.sql(statements);
    return copy;
  }

  /** Statements, with a semicolon and a new line between them; gives the rows of all. */
  async sql(statements) {
    const { stdout } = await mustRun('python3', ['-c', SQLITE, this.file], { env: process.env, input: statements });
    return JSON.parse(stdout);
  }

  id(uuid) {
    return `x'${uuid.replaceAll('-', '')}'`;
  }

  bytes(hex) {
    return `x'${hex}'`;
  }

  /** Takes the constraints off the table of events. */
  get withoutConstraints() {
    return `drop view log_head;
create table bare as select * from events;
drop table events;
alter table bare rename to events;
create view log_head as select store.epoch as epoch, coalesce((select max(events.position) from events), 0) as position from store;
`;
  }

  head(position) {
    return `drop view log_head;\ncreate view log_head as select store.epoch as epoch, ${position} as position from store`;
  }
}

/** A database in the server of DATABASE_URL. */
export class PostgresDatabase extends Store {
  /** `nats`: where its CONFAB_LOG is, if it has one. */
  constructor(url, nats) {
    super();
    Object.assign(this, { kind: 'Postgres', url, settings: { log: { filter: 'warn' }, database: { url }, ...(nats && { nats: { url: nats } }) } });
  }

  static async empty(things) {
    const { url } = await Database.create(things);
    const store = new PostgresDatabase(url);
    const migrated = await store.confab(['migrate']);
    if (migrated.code !== 0) throw new Error(migrated.stderr);
    return store;
  }

  async copy(things) {
    const name = `confab_${randomBytes(8).toString('hex')}`;
    const template = new URL(this.url).pathname.slice(1);
    await psql(process.env.DATABASE_URL, `create database ${name} template ${template}`);
    things.onEnd(() => psql(process.env.DATABASE_URL, `drop database ${name} with (force)`));
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    return new PostgresDatabase(url.toString());
  }

  /** As for SQLite; but a database takes long to make and to drop, so one copy is used again while its tables stay as they are. */
  async damaged(things, statements) {
    const changesTables = /^(drop|alter|create) /m.test(statements);
    const copy = changesTables ? await this.copy(things) : this.scratch ??= await this.copy(things);
    if (changesTables) await copy.sql(statements);
    else await copy.sql(`begin;\n${copy.kept ? RESET : KEEP};\n${statements};\ncommit`);
    copy.kept = true;
    return copy;
  }

  async sql(statements) {
    // Foreign keys are not looked at.
    const stdout = await psql(this.url, `set session_replication_role = replica;\n${statements}`);
    return stdout.split('\n').filter(Boolean).map((line) => line.split('|'));
  }

  id(uuid) {
    return `'${uuid}'`;
  }

  bytes(hex) {
    return `'\\x${hex}'`;
  }

  get withoutConstraints() {
    return `alter table events drop constraint events_pkey, drop constraint events_stream_seq_key, drop constraint events_client_id_key;
drop index events_message_no_key;
`;
  }

  head(position) {
    return `create or replace view log_head as select confab_epoch() as epoch, ${position}::bigint as position`;
  }
}

async function psql(url, sql) {
  const child = await run('psql', [url, '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1'], { env: process.env, input: sql });
  if (child.code !== 0) throw new Error(`psql: ${child.stderr}\n${sql}`);
  return child.stdout;
}
