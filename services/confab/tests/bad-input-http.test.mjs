// Bad input over HTTP: every refusal is a problem document with a code and a sentence that names the
// field, never a 500, and says nothing of what was sent. On both stores, since they refuse different
// things by themselves.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { CASES, QUERIES } from './bad-input-http.cases.mjs';
import { Confab } from './harness/confab.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { request, signUpMany } from './harness/http.mjs';
import { scenario, table } from './harness/scenario.mjs';

const CODES = {
  400: ['malformed'], 401: ['unauthorized', 'invalid_credentials'], 403: ['forbidden', 'origin_refused'], 404: ['not_found'],
  405: ['method_not_allowed'], 409: ['conflict', 'client_id_reused', 'username_taken'], 413: ['body_too_large'],
  415: ['unsupported_media_type'], 422: ['invalid'], 429: ['rate_limited'],
};

/** A refusal in the one shape there is. */
function isProblem(answer, { status, code, field }) {
  assert.ok([status].flat().includes(answer.status), `${answer.status} instead of ${status}: ${answer.text}`);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = answer.json;
  assert.ok(problem, `not JSON: ${answer.text}`);
  assert.equal(problem.status, answer.status);
  assert.equal(problem.type, 'about:blank');
  assert.ok(CODES[answer.status].includes(problem.code), `code ${problem.code} with ${answer.status}`);
  if (code) assert.equal(problem.code, code);
  assert.equal(typeof problem.title, 'string');
  assert.ok(problem.detail.length > 0, 'a sentence');
  if (field) assert.equal(problem.field, field);
  assert.ok(!answer.text.includes('S3NTINEL'), 'what was sent is not repeated');
}

async function people(urls) {
  const [ann, ben, eve] = await signUpMany(urls, ['ann', 'ben', 'eve']);
  const { id: group } = await ann.createGroup('group', [ben.id]);
  const { conversation: direct } = await ann.must(201, 'POST /api/conversations', { kind: 'direct', userId: ben.id });
  const { seq: head } = await ann.send(group, 'hello');
  return { ann, ben, eve, group, direct: direct.id, head };
}

const BACKENDS = {
  embedded: async (things) => [(await Confab.start(things, { settings: ROOMY })).url],
  fleet: async (things) => (await Fleet.start(things, { apis: 1, gateways: 0 })).apiUrls,
};

for (const [backend, start] of Object.entries(BACKENDS)) {
  scenario(`bad bodies, ids and queries get a code and a field (${backend})`, async (things, t) => {
    const world = await people(await start(things));
    await table(t, [...CASES, ...QUERIES], async ({ line, body, raw, expect, headers, person = 'ann' }) => {
      const at = typeof line === 'function' ? line(world) : line;
      const sent = raw ?? (typeof body === 'function' ? body(world) : body);
      isProblem(await world[person].call(at, sent, { headers }), expect);
    });
    // The neighbour is well, and nothing of all that was stored.
    const { seq } = await world.ben.send(world.group, 'unharmed');
    assert.equal(seq, world.head + 1);
    assert.equal((await world.eve.must(200, 'GET /api/conversations')).conversations.length, 0);
  });

  scenario(`what is not yours looks like what is not there (${backend})`, async (things, t) => {
    const { eve, direct } = await people(await start(things));
    const lines = [
      ['GET', ''], ['GET', '/members'], ['GET', '/messages'], ['GET', '/events'], ['POST', '/members'],
      ['DELETE', '/members/me'], ['POST', '/messages', { body: 'hi', clientId: randomUUID() }], ['PUT', '/read', { seq: 1 }],
    ];
    await table(t, lines.map(([method, path, body]) => ({ name: `${method} ${path}`, method, path, body })), async ({ method, path, body }) => {
      const [theirs, nowhere] = await Promise.all([direct, randomUUID()].map((id) => eve.call(`${method} /api/conversations/${id}${path}`, body)));
      isProblem(theirs, { status: 404, code: 'not_found' });
      assert.equal(theirs.text, nowhere.text);
    });
  });

  scenario(`exactly at the limit is good (${backend})`, async (things) => {
    const { ann, group } = await people(await start(things));
    for (const body of ['x'.repeat(16_384), 'é'.repeat(8_192), '  spaced  ', '\u202e🙂\u0301', '"\\\n\t']) {
      const { seq } = await ann.send(group, body);
      const page = await ann.must(200, `GET /api/conversations/${group}/messages?limit=1`);
      assert.deepEqual([page.messages[0].seq, page.messages[0].body], [seq, body]);
    }
    const ids = Array.from({ length: 99 }, () => randomUUID());
    const { users } = await ann.must(200, `GET /api/users?ids=${[...ids, ann.id].join(',')}`);
    assert.deepEqual(users.map((user) => user.id), [ann.id]);
  });
}

scenario('wrong methods, paths and requests that are no HTTP at all', async (things, t) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const { ann } = await people([server.url]);
  isProblem(await ann.call('PATCH /api/me', {}), { status: 405 });
  isProblem(await ann.call('DELETE /api/users'), { status: 405 });
  isProblem(await ann.call('GET /api/nonsense'), { status: 404 });
  isProblem(await ann.call('GET /api/'), { status: 404 });
  const unsigned = ['GET /api/me', 'GET /api/users?query=a', 'GET /api/conversations', `GET /api/conversations/${randomUUID()}`, 'DELETE /api/sessions/current'];
  await table(t, unsigned.map((line) => ({ name: `unsigned ${line}`, line })), async ({ line }) => {
    const [method, path] = line.split(' ');
    isProblem(await request(server.url + path, { method }), { status: 401, code: 'unauthorized' });
  });
  const long = await request(`${server.url}/api/me`, { headers: { 'x-long': 'a'.repeat(600_000) } }).catch(() => ({ status: 431 }));
  assert.ok(long.status >= 400 && long.status < 500, `${long.status}`);
  assert.equal((await ann.call('GET /api/me')).status, 200);
});
