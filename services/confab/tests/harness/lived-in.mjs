// A store in which people have lived: groups and a direct conversation, somebody who left, somebody who did
// nothing, read marks, a session that was revoked, a file, a thread, a picture of somebody, an invitation and a request to join, a message that was edited and deleted. The same in both databases.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { Confab } from './confab.mjs';
import { ROOMY } from './fleet.mjs';
import { signUpMany } from './http.mjs';
import { PostgresDatabase, SqliteFile } from './stores.mjs';

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Messages in the group; they stand at seq 4 and on. */
export const MESSAGES = 30;
/** The message that is edited and then deleted. */
const DELETED = 12;

/** Two replies in a thread: one that was edited and reacted to, and one that was taken back. */
async function answered(person, messages, threadSeq) {
  const [kept, gone] = [await person.must(201, `POST ${messages}`, { body: 'first', threadSeq }), await person.must(201, `POST ${messages}`, { body: 'second', threadSeq })];
  await person.must(200, `PATCH ${messages}/${kept.seq}`, { body: 'first of all' });
  await person.must(200, `PUT ${messages}/${kept.seq}/reactions/${encodeURIComponent('🦊')}`);
  await person.must(204, `DELETE ${messages}/${gone.seq}`);
}

/** `{sqlite, postgres, group, direct, ann, ben, cleo, dora, revoked, invitation}`: the stores, ids, a link's token, and who can still sign in. */
export async function livedIn(things) {
  const sqlite = await SqliteFile.empty(things);
  const server = await Confab.start(things, { settings: ROOMY, cwd: sqlite.cwd });
  const [ann, ben, cleo, dora] = await signUpMany([server.url], ['ann', 'ben', 'cleo', 'dora']);
  const { id: group } = await ann.createGroup('Ärger & Straße', [ben.id]);
  for (let i = 0; i < MESSAGES; i++) await ann.send(group, `message ${i} "é" \\ \u2028 🙂`);
  const { conversation: { id: direct } } = await ann.must(201, 'POST /api/conversations', { kind: 'direct', userId: ben.id });
  await ben.send(direct, 'psst');
  const { file: attached } = await ben.must(201, 'POST /api/files?name=notes.txt', 'what nobody else needs to know');
  const { file: face } = await ann.must(201, 'POST /api/files?name=face.png', PIXEL);
  await ann.must(200, 'PATCH /api/me', { avatar: face.id });
  const { conversation: { id: aside } } = await ben.must(201, 'POST /api/conversations', {
    kind: 'group', name: 'aside', visibility: 'private', memberIds: [], clientId: randomUUID(),
  });
  const { token: invitation } = await ben.must(201, `POST /api/conversations/${aside}/invitations`, { maxUses: 2 });
  await cleo.must(202, `PUT /api/conversations/${aside}/requests/me`);
  const { seq: root } = await ben.must(201, `POST /api/conversations/${aside}/messages`, { body: '', attachments: [attached.id] });
  await answered(ben, `/api/conversations/${aside}/messages`, root);
  await cleo.must(201, `POST /api/conversations/${group}/members`);
  await cleo.send(group, 'hello and good-bye');
  await cleo.must(204, `DELETE /api/conversations/${group}/members/me`);
  await ben.must(204, `PUT /api/conversations/${group}/read`, { seq: 10 });
  const second = await ann.signIn();
  const { sessions } = await second.must(200, 'GET /api/sessions');
  const revoked = sessions.find((session) => session.current).id;
  await ann.must(204, `DELETE /api/sessions/${revoked}`);
  await server.stop();

  const world = { sqlite, group, direct, ann, ben, cleo, dora, revoked, invitation };
  await deleteMessage(sqlite, world);
  const file = path.join(await things.folder(), 'lived-in.export');
  const wrote = await sqlite.confab(['export', file]);
  assert.equal(wrote.code, 0, wrote.stderr);
  const postgres = await PostgresDatabase.empty(things);
  const read = await postgres.confab(['import', file]);
  assert.equal(read.code, 0, read.stderr);
  return Object.assign(world, { postgres, file });
}

/** As a later version writes it: an edit, then a deletion that blanks both. */
async function deleteMessage(store, { group, ann }) {
  const [[position, seq, messageNo, at]] = await store.sql(`select max(e.position), (select max(x.seq) from events x where x.stream_id = ${store.id(group)}),
    (select max(x.message_no) from events x where x.stream_id = ${store.id(group)}), max(e.at) from events e`);
  const insert = (n, type, data, more) => `insert into events (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash, redacted_at)
    values (${position + n}, ${store.id(group)}, ${seq + n}, ${messageNo}, '${type}', 1, ${store.id(ann.id)}, ${store.id(randomUUID())}, ${DELETED}, ${at + n}, '${data}', ${more})`;
  await store.sql(`update events set data = '{}', request_hash = null, redacted_at = ${at + 2} where stream_id = ${store.id(group)} and seq = ${DELETED};
${insert(1, 'message.edited', '{}', `null, ${at + 2}`)};
${insert(2, 'message.deleted', `{"targetSeq":${DELETED}}`, `x'${'00'.repeat(16)}', null`)}`);
}
