// What stands in a store, in short: the same before and after means that nothing was written. When a
// session was last used, and how often somebody tried, is no content.

import path from 'node:path';

import { mustRun } from './child.mjs';

const COUNTS = ['events', 'streams', 'members', 'users', 'sessions', 'credentials', 'read_marks', 'files', 'file_uses', 'invitations', 'join_requests', 'preferences', 'thread_follows', 'push_subscriptions'].map((table) => `(select count(*) from ${table})`);
const SQL = `select ${[...COUNTS, '(select max(position) from events)', '(select coalesce(sum(seq), 0) from read_marks)', '(select min(password_hash) from credentials)', '(select max(password_hash) from credentials)'].join(', ')}`;

const PYTHON = `
import sqlite3, sys
print("|".join(str(value) for value in sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]).fetchone()))
`;

/** Of an embedded server. */
export async function fingerprintOfFile(server) {
  const { stdout } = await mustRun('python3', ['-c', PYTHON, path.join(server.cwd, 'data/confab.db'), SQL]);
  return stdout.trim();
}

/** Of a database of the fleet. */
export async function fingerprintOfDatabase(database) {
  return (await database.query(SQL)).map((row) => row.join('|')).join('\n');
}
