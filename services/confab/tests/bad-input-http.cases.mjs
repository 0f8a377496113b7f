// Requests that are well-formed and wrong all the same, because of what stands in the store.

import { randomUUID } from 'node:crypto';

import { PASSWORD } from './bad-input.operations.mjs';

const invalid = (field) => ({ status: 422, code: 'invalid', field });
const CLIENT_ID = '0198f2ab-0000-4000-8000-00000000000c';

const signUp = (name, fields, expect) => ({ name: `sign up: ${name}`, line: 'POST /api/users', expect, body: { username: 'carl', password: PASSWORD, ...fields } });
const post = (name, fields, expect, more) => ({
  name: `message: ${name}`, line: ({ group }) => `POST /api/conversations/${group}/messages`, expect, body: { body: 'hello', ...fields }, ...more,
});

const FORBIDDEN = { status: 403, code: 'forbidden' };

/** `what` is a method and a collection; `whom` stands behind it. */
const rule = (name, what, whom, person, expect, body) => ({
  name, person, expect, body,
  line: (world) => `${what.split(' ')[0]} /api/conversations/${world.group}/${what.split(' ')[1]}/${world[whom].id}`,
});

/** `what` is done to a message: a method and perhaps what stands behind the message in the path. */
const change = (name, what, seq, person, expect) => {
  const [method, behind] = what.split(' ');
  return {
    name: `${what}: ${name}`, person, expect, body: method === 'PATCH' ? { body: 'another text' } : undefined,
    line: (world) => `${method} /api/conversations/${world.group}/messages/${world[seq] ?? seq}${behind ? `/${behind.replace('{emoji}', world.emoji)}` : ''}`,
  };
};

export const CASES = [
  signUp('a taken username', { username: 'ann' }, { status: 409, code: 'username_taken' }),
  signUp('a taken username in capitals', { username: ' ANN ' }, { status: 409, code: 'username_taken' }),
  signUp('the username as password', { username: 'twelve.chars', password: 'TWELVE.CHARS' }, invalid('password')),
  { name: 'sign in: nobody', line: 'POST /api/sessions', body: { username: 'nobody', password: PASSWORD }, expect: { status: 401, code: 'invalid_credentials' } },
  { name: 'password: the username as a new one', line: 'PUT /api/me/password', body: { currentPassword: PASSWORD, newPassword: 'ann' }, expect: invalid('newPassword') },
  { name: 'sessions: of somebody else', line: ({ session }) => `DELETE /api/sessions/${session}`, person: 'eve', expect: { status: 404, code: 'not_found' } },

  { name: 'direct: with oneself', line: 'POST /api/conversations', body: ({ ann }) => ({ kind: 'direct', userId: ann.id }), expect: invalid('userId') },
  { name: 'direct: with a name', line: 'POST /api/conversations', body: ({ ben }) => ({ kind: 'direct', userId: ben.id, name: 'us' }), expect: { status: 400, code: 'malformed' } },
  { name: 'group: with a userId', line: 'POST /api/conversations', body: ({ ben }) => ({ kind: 'group', name: 'us', userId: ben.id }), expect: { status: 400, code: 'malformed' } },
  { name: 'no kind', line: 'POST /api/conversations', body: { name: 'us' }, expect: { status: 400, code: 'malformed', field: 'kind' } },

  rule('removing an owner', 'DELETE members', 'ann', 'ben', FORBIDDEN),
  rule('removing from outside', 'DELETE members', 'ben', 'eve', FORBIDDEN),
  rule('banning an owner', 'PUT bans', 'ann', 'ben', FORBIDDEN),
  rule('banning oneself', 'PUT bans', 'ann', 'ann', invalid('userId')),
  rule('a role of an outsider', 'PATCH members', 'eve', 'ann', { status: 404, code: 'not_found' }, { role: 'member' }),
  rule('a role without the right', 'PATCH members', 'ben', 'ben', FORBIDDEN, { role: 'owner' }),
  rule('the last owner steps down', 'PATCH members', 'ann', 'ann', { status: 409, code: 'conflict' }, { role: 'member' }),
  rule('a request that nobody made', 'POST requests', 'eve', 'ann', { status: 404, code: 'not_found' }, { approve: true }),
  { name: 'the last owner leaves', line: ({ group }) => `DELETE /api/conversations/${group}/members/me`, expect: { status: 409, code: 'conflict' } },
  { name: 'settings without the right', line: ({ group }) => `PATCH /api/conversations/${group}`, body: { name: 'x' }, person: 'ben', expect: FORBIDDEN },
  { name: 'settings of a direct conversation', line: ({ direct }) => `PATCH /api/conversations/${direct}`, body: { topic: 'x' }, expect: FORBIDDEN },
  { name: 'no settings at all', line: ({ group }) => `PATCH /api/conversations/${group}`, body: {}, expect: { status: 422, code: 'invalid' } },
  { name: 'a role for nobody', line: ({ group }) => `POST /api/conversations/${group}/members`, body: { role: 'member' }, expect: { status: 422, code: 'invalid', field: 'role' } },
  { name: 'asking for a public group', line: ({ group }) => `PUT /api/conversations/${group}/requests/me`, person: 'eve', expect: { status: 409, code: 'conflict' } },
  { name: 'inviting without the right', line: ({ group }) => `POST /api/conversations/${group}/invitations`, body: {}, person: 'ben', expect: FORBIDDEN },
  { name: 'an invitation of another group', line: ({ direct, invitation }) => `DELETE /api/conversations/${direct}/invitations/${invitation}`, expect: FORBIDDEN },

  post('an answer to what is no message', { replyTo: 1 }, invalid('replyTo')),
  post('a thread under what is no message', { threadSeq: 1 }, invalid('threadSeq')),
  post('a text and something forwarded', { forward: { conversationId: randomUUID(), seq: 1 } }, invalid('forward')),
  { ...post('nothing at all', {}, { status: 422, code: 'invalid', field: 'body' }), body: {} },
  { ...post('files and something forwarded', {}, invalid('forward')), body: ({ group, head, file }) => ({ forward: { conversationId: group, seq: head }, attachments: [file] }) },
  { ...post('a forwarded one of others', {}, { status: 404, code: 'not_found' }, { person: 'eve' }), body: ({ direct }) => ({ forward: { conversationId: direct, seq: 1 } }) },
  { ...post('a forwarded one that is no message', {}, invalid('forward')), body: ({ group }) => ({ forward: { conversationId: group, seq: 1 } }) },
  { ...post('files of others', {}, invalid('attachments'), { person: 'ben' }), body: ({ file }) => ({ attachments: [file] }) },
  { name: 'a picture that is no image', line: 'PATCH /api/me', body: ({ file }) => ({ avatar: file }), expect: invalid('avatar') },
  { ...post('the same file twice', {}, invalid('attachments')), body: ({ file }) => ({ attachments: [file, file] }) },
  ...['GET', 'GET edits', 'GET thread', 'PATCH', 'DELETE', 'PUT pin', 'DELETE pin', 'PUT reactions/{emoji}', 'DELETE reactions/{emoji}'].flatMap((what) => [
    change('of an event that is no message', what, 1, 'ann', { status: 404, code: 'not_found' }),
    change('above the head', what, 1_000_000, 'ann', { status: 404, code: 'not_found' }),
  ]),
  change('of somebody else', 'PATCH', 'head', 'ben', FORBIDDEN),
  change('of somebody else', 'DELETE', 'head', 'ben', FORBIDDEN),
  ...['PATCH', 'DELETE', 'PUT pin', 'DELETE pin', 'PUT reactions/{emoji}', 'DELETE reactions/{emoji}'].map((what) => change('from somebody who only looks', what, 'head', 'eve', FORBIDDEN)),

  post('from somebody who only looks', {}, { status: 403, code: 'forbidden' }, { person: 'eve' }),
  { name: 'read mark of somebody who only looks', line: ({ group }) => `PUT /api/conversations/${group}/read`, body: { seq: 1 }, person: 'eve', expect: { status: 403, code: 'forbidden' } },
  { name: 'leaving a direct conversation', line: ({ direct }) => `DELETE /api/conversations/${direct}/members/me`, expect: { status: 403, code: 'forbidden' } },
  { name: 'messages before and after', line: ({ group }) => `GET /api/conversations/${group}/messages?before=2&after=1`, expect: invalid('before') },
  { name: 'messages before and around', line: ({ group }) => `GET /api/conversations/${group}/messages?before=2&around=1`, expect: invalid('before') },
  { name: 'messages after and around', line: ({ group }) => `GET /api/conversations/${group}/messages?after=2&around=1`, expect: invalid('after') },
  { name: 'replies before and after', line: ({ group, head }) => `GET /api/conversations/${group}/messages/${head}/thread?before=2&after=1`, expect: invalid('before') },
  { name: 'users by ids and by query', line: ({ ann }) => `GET /api/users?ids=${ann.id}&query=a`, expect: invalid('ids') },
  { name: 'a conversation of others', line: ({ direct }) => `GET /api/conversations/${direct}`, person: 'eve', expect: { status: 404, code: 'not_found' } },
  { name: 'a cursor of another list', line: () => `GET /api/conversations?cursor=${randomUUID()}`, expect: { status: 400, code: 'malformed', field: 'cursor' } },
  { name: 'an id of another kind', line: ({ ann }) => `GET /api/conversations/${ann.id}`, expect: { status: 404, code: 'not_found' } },
  post('to an id of another kind', { clientId: CLIENT_ID }, { status: 404, code: 'not_found' }, { line: ({ ann }) => `POST /api/conversations/${ann.id}/messages` }),
];
