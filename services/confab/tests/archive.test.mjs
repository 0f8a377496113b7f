// `confab export` and `confab import`: from SQLite to PostgreSQL and back not a byte of the log changes, people sign in as before
// and stay signed in, and clients start afresh; a file that is not whole, or not of this kind, leaves nothing behind.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

import { ChatClient } from './harness/chat.mjs';
import { Confab } from './harness/confab.mjs';
import { ROOMY } from './harness/fleet.mjs';
import { Person, request, signUpMany } from './harness/http.mjs';
import { livedIn } from './harness/lived-in.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { PostgresDatabase, SqliteFile } from './harness/stores.mjs';
import { onTerminal } from './harness/terminal.mjs';
import { until } from './harness/wait.mjs';

/** Everything between the first line, which names the epoch, and the last, which sums up. */
const rowsOf = (text) => text.trimEnd().split('\n').slice(1, -1);

async function exported(things, store) {
  const file = path.join(await things.folder(), 'whole.export');
  const child = await store.confab(['export', file]);
  assert.deepEqual([child.code, child.stderr], [0, '']);
  return file;
}

async function imported(store, file) {
  const child = await store.confab(['import', file]);
  assert.equal(child.code, 0, child.stderr);
  assert.match(child.stdout, /^read \d+ events, 4 accounts, \d+ sessions, \d+ read marks and \d+ files without their content; all agrees, and epoch [0-9a-f]{16} begins\n$/);
  return store;
}

scenario('from SQLite to PostgreSQL and back: the same log, the same people, another epoch', async (things) => {
  const world = await livedIn(things);
  const { sqlite, group, ann, ben, cleo, revoked, invitation } = world;
  const first = await exported(things, sqlite);
  const text = await fs.readFile(first, 'utf8');
  assert.equal((await fs.stat(first)).mode & 0o777, 0o600, 'only its owner reads it');
  const postgres = await imported(await PostgresDatabase.empty(things), first);
  const second = await exported(things, postgres);
  const back = await imported(await SqliteFile.empty(things), second);
  const third = await exported(things, back);
  for (const file of [second, third]) assert.deepEqual(rowsOf(await fs.readFile(file, 'utf8')), rowsOf(text));
  const tables = ['events', 'users', 'credentials', 'sessions', 'read_marks', 'streams', 'members', 'files', 'file_uses', 'invitations', 'join_requests', 'push_subscriptions', 'push_key'];
  assert.deepEqual(await back.rows(tables), await sqlite.rows(tables));
  const reports = [];
  for (const store of [sqlite, postgres, back]) reports.push(await store.verify());
  assert.deepEqual(reports.map(({ code, differences }) => [code, differences]), Array(3).fill([0, []]));
  assert.equal(new Set(reports.map(({ epoch }) => epoch)).size, 3, 'each is a life of its own');
  assert.equal(text.includes(revoked), true, 'the log says what was revoked');
  for (const table of ['invitations', 'join_requests']) assert.equal((await back.sql(`select * from ${table}`)).length, 1, table);

  for (const store of [postgres, back]) {
    const server = await Confab.start(things, { settings: { ...ROOMY, ...store.settings }, cwd: store.cwd });
    const answer = await request(`${server.url}/api/sessions`, { method: 'POST', body: { username: 'ben', password: ben.password } });
    assert.equal(answer.status, 200, 'the password');
    const here = new Person([server.url], { user: { id: ann.id, username: 'ann' }, token: ann.token });
    await here.must(200, 'GET /api/me');
    const gone = new Person([server.url], { user: { id: cleo.id, username: 'cleo' }, token: 'x'.repeat(43) });
    assert.equal((await gone.call('GET /api/me')).status, 401);
    const { conversation: aside } = await here.must(201, 'POST /api/invitations/accept', { token: invitation });
    assert.equal(aside.name, 'aside', 'the link lets in');
    const client = ChatClient.create(things, { person: here, urls: [server.url] });
    client.open(group, { after: 10, epoch: reports[0].epoch });
    client.start();
    await until('the client of before to start afresh', () => client.resets.length === 1);
    await client.settled();
    const receipt = await here.send(group, 'and it goes on');
    assert.equal(receipt.seq, 39);
    await server.stop();
    assert.equal((await store.verify()).code, 0);
  }
});

scenario('an export is one moment, while people write', async (things) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const store = new SqliteFile(server.cwd);
  const people = await signUpMany([server.url], ['ann', 'ben', 'cleo', 'dora']);
  const { id } = await people[0].createGroup('all', people.slice(1).map((person) => person.id));
  let running = true;
  const talk = people.map(async (person) => {
    while (running) await person.send(id, 'on and on');
  });
  const file = await exported(things, store);
  const piped = await store.confab(['export', '-']);
  running = false;
  await Promise.all(talk);
  assert.match(piped.stderr, /^wrote \d+ events/);
  await imported(await PostgresDatabase.empty(things), file);
  const target = await SqliteFile.empty(things);
  const child = await target.confab(['import', '-'], { input: piped.stdout });
  assert.equal(child.code, 0, child.stderr);
  assert.ok((await target.verify()).position >= rowsOf(await fs.readFile(file, 'utf8')).filter((row) => row.startsWith('{"events"')).length);
});

/** As somebody writes it who knows how: the counts and the sum are right again. */
function resealed(lines) {
  const before = `${lines.slice(0, -1).join('\n')}\n`;
  const { end } = JSON.parse(lines.at(-1));
  const sha256 = createHash('sha256').update(before).digest('hex');
  const counts = Object.fromEntries(['users', 'credentials', 'sessions', 'read_marks', 'events'].map((name) => [name, lines.filter((line) => line.startsWith(`{"${name}"`)).length]));
  return `${before}${JSON.stringify({ end: { ...end, ...counts, sha256 } })}\n`;
}

const BAD = [
  { name: 'empty', make: () => '', says: /line 1: the file is empty/ },
  { name: 'something else', make: () => 'SQLite format 3\n', says: /line 1 is not the header/ },
  { name: 'of a later version', make: (text) => text.replace('"version":1', '"version":2'), says: /line 1: the file has version 2 of the format/ },
  { name: 'torn within a line', make: (text) => text.slice(0, text.length / 2), says: /line \d+ is torn/ },
  { name: 'without its last line', make: (text, lines) => `${lines.slice(0, -1).join('\n')}\n`, says: ({ length }) => new RegExp(`line ${length} is missing`) },
  { name: 'an edited line', make: (text) => text.replace('message 7 ', 'massage 7 '), says: ({ length }) => new RegExp(`line ${length}: the sum .* was changed`) },
  { name: 'a wrong count', make: (text) => text.replace('"users":4', '"users":5'), says: ({ length }) => new RegExp(`line ${length} counts`) },
  { name: 'a line less', make: (text, lines) => text.replace(`${lines.at(-3)}\n`, ''), says: ({ length }) => new RegExp(`line ${length - 1} counts`) },
  { name: 'a line more', make: (text, lines) => `${text}${lines[1]}\n`, says: ({ length }) => new RegExp(`line ${length + 1} stands behind the last line`) },
  { name: 'a line that is no JSON', make: (text, lines) => text.replace(lines[2], 'x'), says: /line 3 is not JSON/ },
  { name: 'a line that is no row', make: (text, lines) => text.replace(lines[2], '{"users":{"id":7}}'), says: /line 3 is no row of an export/ },
  { name: 'a log with a hole, sealed again', make: (text, lines) => resealed([lines[0].replace(/\d+}$/, (end) => `${parseInt(end) - 1}}`), ...lines.slice(1).toSpliced(-6, 1)]),
    says: /a log with \d+ difference\(s\), the first being position: position \d+: expected/ },
  { name: 'another text, sealed again', make: (text, lines) => resealed(lines.map((line) => line.replace('\\"replyTo\\":null', '\\"replyTo\\":99'))), says: /difference\(s\), the first being event-data/ },
  { name: 'the same name twice, sealed again', make: (text, lines) => resealed(lines.toSpliced(2, 0, lines[1])), says: /refused a row of lines 2 to/ },
];

scenario('a file that is not whole is refused by the line, and leaves nothing', async (things, t) => {
  const { file, sqlite } = await livedIn(things);
  const text = await fs.readFile(file, 'utf8');
  const lines = text.trimEnd().split('\n');
  const stores = [await SqliteFile.empty(things), await PostgresDatabase.empty(things)];
  for (const store of stores) {
    await table(t, BAD.map((bad) => ({ ...bad, name: `${store.kind}: ${bad.name}` })), async ({ make, says }) => {
      const bad = make(text, lines);
      assert.notEqual(bad, text);
      const child = await store.confab(['import', '-'], { input: bad });
      assert.equal(child.code, 1, child.stdout);
      assert.match(child.stderr, typeof says === 'function' ? says(lines) : says);
      assert.ok(!/message \d+ /.test(child.stderr), `no text is told: ${child.stderr}`);
    });
    const left = await store.verify();
    assert.deepEqual([left.code, left.looked_at], [0, { events: 0, streams: 0, accounts: 0, log_stream: null }]);
    await imported(store, file);
    const again = await store.confab(['import', file]);
    assert.deepEqual([again.code, /not empty/.test(again.stderr)], [1, true], again.stderr);
  }
  const existing = await sqlite.confab(['export', file]);
  assert.deepEqual([existing.code, existing.stderr.includes(file)], [1, true], 'no file is written over');
  const shown = await onTerminal(['export', '-'], sqlite.settings, { cwd: sqlite.cwd });
  assert.deepEqual([shown.code, /not for reading/.test(shown.screen)], [1, true], shown.screen);
});
