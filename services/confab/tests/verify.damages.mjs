// One way to damage a store for each thing that `confab verify` looks at, for both databases, by SQL behind
// Confab's back. `finds`: the names of the checks that must find it, all of them and no others. `repaired`: rows that
// the log says, which `--repair-projections` must bring back; those with the same number can be made together.

import { randomUUID } from 'node:crypto';

const OTHER = randomUUID();

/** `{name, finds, repaired?, sql(store, world)}`. In the group seq 1 to 3 made it, 4 to 33 are ann's messages. */
export const DAMAGES = [
  { name: 'an event is gone', finds: ['message-no', 'position', 'seq'], sql: (s, w) => `delete from events where ${at(s, w, 10)}` },
  { name: 'a read mark above the head', finds: ['read-mark'],
    sql: (s, w) => `update read_marks set seq = 999 where user_id = ${s.id(w.ben.id)}` },
  { name: 'a file that no message carries', finds: ['files'], sql: () => 'delete from file_uses' },
  { name: 'a file in use that nobody uses', finds: ['files'], sql: () => "update files set state = 'used' where state = 'picture'" },
  { name: 'a picture that nobody shows', finds: ['files'], sql: (s, w) => `update users set avatar_id = null where id = ${s.id(w.ann.id)}` },
  { name: 'a picture of nothing', finds: ['files'], sql: (s, w) => `update users set avatar_id = ${s.id(OTHER)} where id = ${s.id(w.ben.id)}` },
  { name: 'a reply under a reply', finds: ['target'], sql: () => "update events set target_seq = seq - 1 where type = 'message.replied' and redacted_at is not null" },
  { name: 'the head is elsewhere', finds: ['log-head'], sql: (s) => s.head(7) },
  { name: 'time goes back', finds: ['time-order'], sql: (s, w) => `update events set at = 1000 where ${at(s, w, 10)}` },
  { name: 'a position stands twice', finds: ['position', 'same-position'],
    sql: (s, w) => `${s.withoutConstraints}update events set position = position - 1, at = (select at from events where ${at(s, w, 9)}) where ${at(s, w, 10)}` },
  { name: 'a seq jumps', finds: ['seq'], sql: (s, w) => `update events set seq = seq + 5 where stream_id = ${s.id(w.direct)} and type = 'message.posted'` },
  { name: 'a seq stands twice', finds: ['same-seq', 'seq'],
    sql: (s, w) => `${s.withoutConstraints}update events set seq = 36 where ${at(s, w, 37)}` },
  { name: 'a message_no is wrong', finds: ['message-no'], sql: (s, w) => `update events set message_no = 99 where ${at(s, w, 38)}` },
  { name: 'a client_id stands twice', finds: ['same-client-id'],
    sql: (s, w) => `${s.withoutConstraints}update events set client_id = (select client_id from events where ${at(s, w, 9)}) where ${at(s, w, 10)}` },
  { name: 'a type that nobody knows', finds: ['event-type'], sql: () => `update events set type = 'conversation.forgotten' where type = 'conversation.exited'` },
  { name: 'a version that nobody knows', finds: ['event-version'], sql: (s, w) => `update events set version = 7 where ${at(s, w, 10)}` },
  { name: 'data that are no JSON', finds: ['event-data'], sql: (s, w) => `update events set data = '{"body":' where ${at(s, w, 10)}` },
  { name: 'data of another type', finds: ['event-data'], sql: (s, w) => `update events set data = '{"text":"x"}' where ${at(s, w, 10)}` },
  { name: 'an answer to what comes later', finds: ['event-data'],
    sql: (s, w) => `update events set data = '{"body":"x","replyTo":33,"attachments":[]}' where ${at(s, w, 10)}` },
  { name: 'no hash beside a client_id', finds: ['request-hash'], sql: (s, w) => `update events set request_hash = null where ${at(s, w, 10)}` },
  { name: 'a hash without a client_id', finds: ['request-hash'], sql: (s, w) => `update events set client_id = null where ${at(s, w, 10)}` },
  { name: 'a target where there is none', finds: ['target'], sql: (s, w) => `update events set target_seq = 5 where ${at(s, w, 10)}` },
  { name: 'a target that is no message', finds: ['redaction', 'target'],
    sql: (s, w) => `update events set target_seq = 2, data = '{"targetSeq":2}' where type = 'message.deleted'` },
  { name: 'something left of what was deleted', finds: ['redaction'],
    sql: (s, w) => `update events set data = '{"body":"x","replyTo":null,"attachments":[]}' where ${at(s, w, 12)}` },
  { name: 'deleted and still there', finds: ['redaction'],
    sql: (s, w) => `update events set redacted_at = null, client_id = null, data = '{"body":"x","replyTo":null,"attachments":[]}' where ${at(s, w, 12)}` },
  { name: 'blank, and nobody deleted it', finds: ['redaction'],
    sql: (s, w) => `update events set redacted_at = 5, data = '{}', request_hash = null where ${at(s, w, 10)}` },
  { name: 'a conversation that was never created', finds: ['first-event', 'log-without-account', 'members'],
    sql: (s, w) => `update events set type = 'conversation.renamed', data = '{"name":"x"}' where ${at(s, w, 1)}` },
  { name: 'an event of somebody in a conversation', finds: ['first-event'],
    sql: (s, w) => `update events set type = 'conversation.exited', data = '{"conversationId":"${w.group}"}' where ${at(s, w, 36)};
delete from members where user_id = ${s.id(w.cleo.id)};
insert into members values (${s.id(w.group)}, ${s.id(w.cleo.id)}, 'member', 34, 34);
update streams set member_count = member_count + 1 where ${row(s, w)}` },
  { name: 'a group that a repeat would not find', finds: ['stream-id'], sql: (s, w) => `update events set client_id = ${s.id(OTHER)} where ${at(s, w, 1)}` },
  { name: 'a direct conversation of others', finds: ['members', 'stream-id'],
    sql: (s, w) => `update events set data = '{"userId":"${w.cleo.id}","role":"member"}' where type = 'member.added' and seq = 3 and stream_id = ${s.id(w.direct)}` },
  { name: 'a member who knows more than the log', finds: ['row-ahead-of-log'],
    sql: (s, w) => `update members set guard_seq = 99 where stream_id = ${s.id(w.group)} and user_id = ${s.id(w.ben.id)}` },
  { name: 'settings that know more than the log', finds: ['row-ahead-of-log'], sql: (s, w) => `update streams set guard_seq = 99 where ${row(s, w)}` },
  { name: 'an account is gone', finds: ['log-without-account'], sql: (s, w) => `delete from users where id = ${s.id(w.cleo.id)}` },

  { name: 'another name', finds: ['streams'], repaired: 1, sql: (s, w) => `update streams set name = 'mine' where ${row(s, w)}` },
  { name: 'another key to the name', finds: ['streams'], repaired: 1, sql: (s, w) => `update streams set name_key = 'x' where ${row(s, w)}` },
  { name: 'another visibility', finds: ['streams'], repaired: 1, sql: (s, w) => `update streams set visibility = 'private' where ${row(s, w)}` },
  { name: 'archived by nobody', finds: ['streams'], repaired: 1, sql: (s, w) => `update streams set archived_at = 5 where ${row(s, w)}` },
  { name: 'another guard', finds: ['streams'], repaired: 1, sql: (s, w) => `update streams set guard_seq = 0 where ${row(s, w)}` },
  { name: 'another kind', finds: ['streams'], repaired: 1, sql: (s, w) => `update streams set kind = 'direct' where ${row(s, w)}` },
  { name: 'another time of creation', finds: ['streams'], repaired: 1, sql: () => `update streams set created_at = 5` },
  { name: 'a member with another role', finds: ['members'], repaired: 1,
    sql: (s, w) => `update members set role = 'owner' where user_id = ${s.id(w.ben.id)} and stream_id = ${s.id(w.group)}` },
  { name: 'a member since another time', finds: ['members'], repaired: 1, sql: (s, w) => `update members set since_seq = 1, guard_seq = 1 where stream_id = ${s.id(w.direct)}` },
  { name: 'members who are gone', finds: ['members'], repaired: 2, sql: () => `delete from members` },
  { name: 'somebody who has left', finds: ['members'], repaired: 1,
    sql: (s, w) => `insert into members (stream_id, user_id, role, since_seq, guard_seq) values (${s.id(w.group)}, ${s.id(w.cleo.id)}, 'banned', 34, 34)` },
  { name: 'a session that was revoked', finds: ['sessions'], repaired: 1,
    sql: (s, w) => `insert into sessions (id, user_id, token_hash, expires_at, created_at, last_seen_at, client)
      values (${s.id(w.revoked)}, ${s.id(w.ann.id)}, ${s.bytes('aa')}, 9, 9, 9, '')` },
  { name: 'a conversation without its row', finds: ['log-without-row'], repaired: 2, sql: (s, w) => `delete from streams where ${row(s, w)}` },
  { name: 'a row without a log', finds: ['members', 'row-without-log'], repaired: 1,
    sql: (s, w) => `insert into streams (id, kind, guard_seq, visibility, created_at) values (${s.id(OTHER)}, 'group', 0, 'public', 5);
insert into members (stream_id, user_id, role, since_seq, guard_seq) values (${s.id(OTHER)}, ${s.id(w.ann.id)}, 'owner', 0, 0);
insert into invitations (id, stream_id, token_hash, created_by, created_at) values (${s.id(OTHER)}, ${s.id(OTHER)}, ${s.bytes('aa')}, ${s.id(w.ann.id)}, 5)` },
  { name: 'an account without its stream', finds: ['account-without-stream'], repaired: 1, sql: (s, w) => `delete from streams where id = ${s.id(w.dora.id)}` },
  { name: 'a name that cannot be searched for', finds: ['search-key'], sql: (s, w) => `update users set display_key = 'x' where id = ${s.id(w.ann.id)}` },
];

const at = (store, { group }, seq) => `stream_id = ${store.id(group)} and seq = ${seq}`;
const row = (store, { group }) => `id = ${store.id(group)}`;

/** What a report must say of a difference in one stream, besides its name. */
export function namesThePlace({ check, position, stream, expected, found }) {
  const somewhere = position !== null || stream !== null || check === 'log-head';
  return somewhere && expected.length > 0 && found.length > 0;
}
