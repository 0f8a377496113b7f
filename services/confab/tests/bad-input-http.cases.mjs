// The bad requests, one line each. `expect` is the refusal; a status in a list means that either is a
// good answer. S3NTINEL marks what must not be repeated to the sender.

import { randomUUID } from 'node:crypto';

const MALFORMED = { status: 400, code: 'malformed' };
const either = (field) => ({ status: [400, 422], field });
const invalid = (field) => ({ status: 422, code: 'invalid', field });
const ID = [400, 404, 422];
const PASSWORD = 'eight green foxes at noon';

const user = (name, fields, expect) => ({
  name: `sign up: ${name}`, line: 'POST /api/users', expect,
  body: { username: 'carl', password: PASSWORD, displayName: 'Carl', ...fields },
});
const group = (name, fields, expect) => ({
  name: `group: ${name}`, line: 'POST /api/conversations', expect, body: { kind: 'group', name: 'a group', ...fields },
});
const message = (name, fields, expect) => ({
  name: `message: ${name}`, line: ({ group: id }) => `POST /api/conversations/${id}/messages`, expect,
  body: { body: 'hello', ...fields },
});
const raw = (name, text, expect, headers) => ({
  name: `raw: ${name}`, line: ({ group: id }) => `POST /api/conversations/${id}/messages`, raw: text, expect, headers,
});

export const CASES = [
  user('no username', { username: undefined }, either('username')),
  user('blank username', { username: '   ' }, invalid('username')),
  user('username of 1,000 characters', { username: 'S3NTINEL'.repeat(125) }, invalid('username')),
  user('username with a NUL', { username: 'S3NTINEL\u0000' }, invalid('username')),
  user('username that is a number', { username: 5 }, MALFORMED),
  user('username that is null', { username: null }, either('username')),
  user('taken username', { username: 'ann' }, { status: 409, code: 'username_taken' }),
  user('taken username in capitals', { username: 'ANN' }, { status: [409, 422] }),
  user('no password', { password: undefined }, either('password')),
  user('short password', { password: 'S3NTINEL' }, invalid('password')),
  user('common password', { password: 'password1234' }, invalid('password')),
  user('password of 257 characters', { password: 'S3NTINEL'.repeat(33) }, invalid('password')),
  user('blank display name', { displayName: '\t \n' }, invalid('displayName')),
  user('display name of 10,000 characters', { displayName: 'S3NTINEL'.repeat(1250) }, invalid('displayName')),
  user('display name with a NUL', { displayName: 'a\u0000b' }, invalid('displayName')),
  user('display name that is an object', { displayName: {} }, MALFORMED),
  { name: 'sign in: wrong password', line: 'POST /api/sessions', body: { username: 'ann', password: 'S3NTINEL and wrong' }, expect: { status: 401, code: 'invalid_credentials' } },
  { name: 'sign in: nobody', line: 'POST /api/sessions', body: { username: 'nobody', password: PASSWORD }, expect: { status: 401, code: 'invalid_credentials' } },
  { name: 'sign in: NUL', line: 'POST /api/sessions', body: { username: 'a\u0000', password: 'b\u0000' }, expect: { status: [401, 422] } },
  { name: 'sign in: no password', line: 'POST /api/sessions', body: { username: 'ann' }, expect: either('password') },

  { name: 'direct: with oneself', line: 'POST /api/conversations', body: ({ ann }) => ({ kind: 'direct', userId: ann.id }), expect: invalid('userId') },
  { name: 'direct: with nobody', line: 'POST /api/conversations', body: () => ({ kind: 'direct', userId: randomUUID() }), expect: { status: [404, 422] } },
  { name: 'direct: malformed id', line: 'POST /api/conversations', body: { kind: 'direct', userId: 'S3NTINEL' }, expect: either('userId') },
  { name: 'direct: no id', line: 'POST /api/conversations', body: { kind: 'direct' }, expect: either('userId') },
  { name: 'unknown kind', line: 'POST /api/conversations', body: { kind: 'S3NTINEL' }, expect: either('kind') },
  { name: 'no kind', line: 'POST /api/conversations', body: { name: 'x' }, expect: either('kind') },
  group('no name', { name: undefined }, either('name')),
  group('blank name', { name: '  ' }, invalid('name')),
  group('name of 10,000 characters', { name: 'S3NTINEL'.repeat(1250) }, invalid('name')),
  group('name with a NUL', { name: 'S3NTINEL\u0000' }, invalid('name')),
  group('name that is a list', { name: ['a'] }, MALFORMED),
  group('unknown member', { memberIds: ['0198f2ab-0000-7000-8000-000000000000'] }, { status: [404, 422] }),
  group('malformed member', { memberIds: ['S3NTINEL'] }, { status: [400, 422] }),
  group('members that are no list', { memberIds: 'S3NTINEL' }, MALFORMED),
  group('1,500 members', { memberIds: Array(1500).fill('0198f2ab-0000-7000-8000-000000000000') }, { status: [400, 404, 422] }),
  group('clientId that is a number', { clientId: 5 }, MALFORMED),
  group('malformed clientId', { clientId: 'S3NTINEL' }, either('clientId')),

  message('no body', { body: undefined }, either('body')),
  message('empty body', { body: '' }, invalid('body')),
  message('blank body', { body: ' \n\t\u00a0\u2003' }, invalid('body')),
  message('one byte too long', { body: 'x'.repeat(16_385) }, invalid('body')),
  message('one character too long in bytes', { body: `x${'é'.repeat(8_192)}` }, invalid('body')),
  message('body with a NUL', { body: 'S3NTINEL\u0000' }, invalid('body')),
  message('body that is a number', { body: 5 }, MALFORMED),
  message('body that is null', { body: null }, either('body')),
  message('malformed clientId', { clientId: 'S3NTINEL' }, either('clientId')),
  message('clientId that is an object', { clientId: {} }, MALFORMED),
  message('reply beyond the head', { replyTo: 1_000_000 }, invalid('replyTo')),
  message('reply to what is no message', { replyTo: 1 }, invalid('replyTo')),
  message('reply to 0', { replyTo: 0 }, either('replyTo')),
  message('reply to -1', { replyTo: -1 }, either('replyTo')),
  message('reply to a fraction', { replyTo: 1.5 }, either('replyTo')),
  message('reply to 2^64', { replyTo: 2 ** 64 }, either('replyTo')),
  message('reply to 2^63', { replyTo: 2 ** 63 }, either('replyTo')),
  message('reply to a string', { replyTo: 'S3NTINEL' }, MALFORMED),

  raw('nothing', '', { status: [400, 415] }, { 'content-type': 'application/json' }),
  raw('no JSON', 'S3NTINEL', MALFORMED, { 'content-type': 'application/json' }),
  raw('cut off', '{"body":"S3NTINEL', MALFORMED, { 'content-type': 'application/json' }),
  raw('a list', '["S3NTINEL"]', MALFORMED, { 'content-type': 'application/json' }),
  raw('a string', '"S3NTINEL"', MALFORMED, { 'content-type': 'application/json' }),
  raw('half a surrogate pair', '{"body":"S3NTINEL \\ud800"}', MALFORMED, { 'content-type': 'application/json' }),
  raw('bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), MALFORMED, { 'content-type': 'application/json' }),
  raw('nested 20,000 deep', '['.repeat(20_000), MALFORMED, { 'content-type': 'application/json' }),
  raw('another type', '{"body":"hello"}', { status: 415, code: 'unsupported_media_type' }, { 'content-type': 'text/plain' }),
  raw('a form', 'body=hello', { status: 415, code: 'unsupported_media_type' }, { 'content-type': 'application/x-www-form-urlencoded' }),
  raw('larger than a body may be', JSON.stringify({ body: 'x'.repeat(66_000) }), { status: 413, code: 'body_too_large' }, { 'content-type': 'application/json' }),

  ...[['above the head', 1_000_000, invalid('seq')], ['negative', -1, either('seq')], ['a string', '1', MALFORMED], ['a fraction', 1.5, either('seq')], ['missing', undefined, either('seq')]]
    .map(([name, seq, expect]) => ({ name: `read mark: ${name}`, line: ({ group: id }) => `PUT /api/conversations/${id}/read`, body: { seq }, expect })),
];

const BAD_IDS = { unknown: '0198f2ab-0000-7000-8000-000000000000', word: 'S3NTINEL', long: 'S3NTINEL'.repeat(500), nul: '%00', 'no UTF-8': '%ff%fe', dots: '..%2f..%2fetc', number: '17' };
const byId = (name, id, line, body) => ({ name: `${name} id: ${line('…')}`, line: line(id), body, expect: { status: name === 'unknown' ? 404 : ID } });
const BAD_LIMITS = { zero: '0', negative: '-1', word: 'S3NTINEL', empty: '', fraction: '1.5', huge: '99999999999999999999' };
const paged = (path, parameters) => ({ group: id }) => `GET ${path.replace('{id}', id)}?${parameters}`;

export const QUERIES = [
  ...Object.entries(BAD_IDS).flatMap(([name, id]) => [
    byId(name, id, (at) => `GET /api/conversations/${at}`),
    byId(name, id, (at) => `GET /api/conversations/${at}/messages`),
    byId(name, id, (at) => `GET /api/conversations/${at}/events`),
    byId(name, id, (at) => `GET /api/conversations/${at}/members`),
    byId(name, id, (at) => `POST /api/conversations/${at}/members`),
    byId(name, id, (at) => `DELETE /api/conversations/${at}/members/me`),
    byId(name, id, (at) => `POST /api/conversations/${at}/messages`, { body: 'hello' }),
    byId(name, id, (at) => `PUT /api/conversations/${at}/read`, { seq: 1 }),
  ]),
  ...['/api/conversations', '/api/conversations/public', '/api/conversations/{id}/members', '/api/conversations/{id}/messages', '/api/conversations/{id}/events', '/api/users']
    .flatMap((path) => Object.entries(BAD_LIMITS).map(([name, limit]) => ({
      name: `limit ${name}: ${path}`, line: paged(path, `query=a&limit=${limit}`.slice(path === '/api/users' ? 0 : 8)), expect: either('limit'),
    }))),
  ...['/api/conversations', '/api/conversations/public', '/api/conversations/{id}/members'].flatMap((path) => [
    { name: `cursor word: ${path}`, line: paged(path, 'cursor=S3NTINEL'), expect: either('cursor') },
    { name: `cursor of bytes: ${path}`, line: paged(path, 'cursor=%ff%00'), expect: { status: [400, 422] } },
    { name: `cursor of 5,000 characters: ${path}`, line: paged(path, `cursor=${'A'.repeat(5000)}`), expect: either('cursor') },
  ]),
  ...['before', 'after'].flatMap((name) => ['-1', 'S3NTINEL', '1.5', '99999999999999999999'].map((value) => ({
    name: `messages ${name}=${value}`, line: paged('/api/conversations/{id}/messages', `${name}=${value}`), expect: either(name),
  }))),
  ...['-1', 'S3NTINEL', '1.5', '99999999999999999999'].map((value) => ({
    name: `events after=${value}`, line: paged('/api/conversations/{id}/events', `after=${value}`), expect: either('after'),
  })),
  { name: 'messages before and after', line: paged('/api/conversations/{id}/messages', 'before=2&after=1'), expect: { status: [400, 422] } },
  { name: 'users by 101 ids', line: () => `GET /api/users?ids=${Array.from({ length: 101 }, () => randomUUID()).join(',')}`, expect: either('ids') },
  { name: 'users by a malformed id', line: 'GET /api/users?ids=S3NTINEL', expect: either('ids') },
];
