// Requests that are well-formed and wrong all the same, because of what stands in the store.

import { randomUUID } from 'node:crypto';

import { PASSWORD } from './bad-input.operations.mjs';

const invalid = (field) => ({ status: 422, code: 'invalid', field });
const CLIENT_ID = '0198f2ab-0000-4000-8000-00000000000c';

const signUp = (name, fields, expect) => ({ name: `sign up: ${name}`, line: 'POST /api/users', expect, body: { username: 'carl', password: PASSWORD, ...fields } });
const post = (name, fields, expect, more) => ({
  name: `message: ${name}`, line: ({ group }) => `POST /api/conversations/${group}/messages`, expect, body: { body: 'hello', ...fields }, ...more,
});

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

  post('an answer to what is no message', { replyTo: 1 }, invalid('replyTo')),
  post('from somebody who only looks', {}, { status: 403, code: 'forbidden' }, { person: 'eve' }),
  { name: 'read mark of somebody who only looks', line: ({ group }) => `PUT /api/conversations/${group}/read`, body: { seq: 1 }, person: 'eve', expect: { status: 403, code: 'forbidden' } },
  { name: 'leaving a direct conversation', line: ({ direct }) => `DELETE /api/conversations/${direct}/members/me`, expect: { status: 403, code: 'forbidden' } },
  { name: 'messages before and after', line: ({ group }) => `GET /api/conversations/${group}/messages?before=2&after=1`, expect: invalid('before') },
  { name: 'users by ids and by query', line: ({ ann }) => `GET /api/users?ids=${ann.id}&query=a`, expect: invalid('ids') },
  { name: 'a conversation of others', line: ({ direct }) => `GET /api/conversations/${direct}`, person: 'eve', expect: { status: 404, code: 'not_found' } },
  { name: 'a cursor of another list', line: () => `GET /api/conversations?cursor=${randomUUID()}`, expect: { status: 400, code: 'malformed', field: 'cursor' } },
  { name: 'an id of another kind', line: ({ ann }) => `GET /api/conversations/${ann.id}`, expect: { status: 404, code: 'not_found' } },
  post('to an id of another kind', { clientId: CLIENT_ID }, { status: 404, code: 'not_found' }, { line: ({ ann }) => `POST /api/conversations/${ann.id}/messages` }),
];
