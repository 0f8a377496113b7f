// Bad input over HTTP: every operation of openapi.json × every kind of bad input. Each refusal is a
// problem document with a documented status, a code and a sentence that names the field, says nothing of
// what was sent and writes nothing. On both stores, since they refuse different things by themselves.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import http from 'node:http';

import { CASES } from './bad-input-http.cases.mjs';
import { OPERATIONS, PUSH_HOST, bodiesOf } from './bad-input.operations.mjs';
import { FIELDS, PARAMETERS, PATH_IDS, PATH_PARTS, TOKENS, TYPES, bodies } from './bad-input.values.mjs';
import { Confab, merge } from './harness/confab.mjs';
import { fingerprintOfDatabase, fingerprintOfFile } from './harness/fingerprint.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { request, signUpMany } from './harness/http.mjs';
import { isProblem } from './harness/problem.mjs';
import { scenario, table } from './harness/scenario.mjs';

const DOCUMENT = JSON.parse(await fs.readFile(new URL('../../../proto/openapi.json', import.meta.url)));
const PUSH = { push: { endpoints: PUSH_HOST } };
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'trace'];

/** `{name, method, path, statuses, open, parameters}` of each operation, from the document. */
const OPERATION_LIST = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
  name: operation.operationId, method: method.toUpperCase(), path, operation,
  open: operation.security?.some((way) => Object.keys(way).length === 0) ?? false,
  statuses: Object.keys(operation.responses).map(Number),
})));

/** The properties of a request body, whichever of several forms has them. */
function properties({ operation }) {
  // A file is bytes of any kind, and has no fields.
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (!schema) return [];
  const resolved = (form) => (form.$ref ? DOCUMENT.components.schemas[form.$ref.split('/').pop()] : form);
  const forms = (form) => (form.oneOf ?? [form]).map(resolved);
  return [...new Set(forms(resolved(schema)).flatMap((form) => Object.keys(form.properties ?? {})))].sort();
}

scenario('the matrix has every operation, field and parameter of the document', async (things, t) => {
  assert.deepEqual(Object.keys(OPERATIONS).sort(), OPERATION_LIST.map(({ name }) => name).sort());
  await table(t, OPERATION_LIST, async (one) => {
    const own = OPERATIONS[one.name];
    const parameters = (one.operation.parameters ?? []).map((parameter) => [parameter.in, parameter.name]);
    const names = (place) => parameters.filter(([at]) => at === place).map(([, name]) => name).sort();
    assert.deepEqual(names('query'), Object.keys(own.query ?? {}).sort(), 'query parameters');
    assert.deepEqual(names('path'), [...(own.id ? ['id'] : []), ...Object.keys(own.path ?? {})].sort(), 'ids in the path');
    assert.deepEqual([...names('header'), ...names('cookie')], []);
    const fields = Object.values(bodiesOf(own)).flatMap((body) => Object.keys(body.fields));
    assert.deepEqual([...new Set(fields)].sort(), properties(one), 'fields of the body');
    for (const { body, fields: kinds } of Object.values(bodiesOf(own))) assert.deepEqual(Object.keys(body({ ben: {}, eve: {} })).sort(), Object.keys(kinds).sort());
  });
});

const BACKENDS = {
  embedded: async (things) => {
    const server = await Confab.start(things, { settings: merge(ROOMY, PUSH) });
    return { url: server.url, servers: [server], fingerprint: () => fingerprintOfFile(server) };
  },
  fleet: async (things) => {
    const fleet = await Fleet.start(things, { apis: 1, gateways: 0, settings: PUSH });
    const expire = (token) => fleet.database.query(`update sessions set expires_at = 1 where token_hash = sha256('${token}')`);
    return { url: fleet.apiUrls[0], servers: fleet.apis, expire, fingerprint: () => fingerprintOfDatabase(fleet.database) };
  },
};

/** A server with people who have something to lose. */
async function world(things, start) {
  const backend = await start(things);
  const [ann, ben, eve] = await signUpMany([backend.url], ['ann', 'ben', 'eve']);
  const { id: group } = await ann.createGroup('group', [ben.id]);
  const { conversation } = await ann.must(201, 'POST /api/conversations', { kind: 'direct', userId: ben.id });
  await ann.send(group, 'hello');
  const { seq: head } = await ann.send(group, 'hello again');
  const { sessions } = await ann.must(200, 'GET /api/sessions');
  const { file } = await ann.must(201, 'POST /api/files?name=cat.txt', 'meow');
  const { invitation } = await ann.must(201, `POST /api/conversations/${group}/invitations`, {});
  return { ...backend, ann, ben, eve, group, direct: conversation.id, head, session: sessions[0].id, member: ben.id, invitation: invitation.id, file: file.id, emoji: encodeURIComponent('\u{1f44d}') };
}

/** Runs all rows, and then says of which the answer was wrong. Nothing of all may have been written. */
async function matrix(world, rows, send) {
  const before = await world.fingerprint();
  const wrong = [];
  for (const row of rows) {
    try {
      await send(row);
    } catch (error) {
      wrong.push(`${row.name}: ${error.message.split('\n')[0]}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.equal(await world.fingerprint(), before, 'something was written');
}

/** What the id of a path is of, if it is not a conversation's. */
const knownId = (path, world) => Object.entries({ sessions: world.session, files: world.file, avatar: world.member }).find(([part]) => path.includes(part))?.[1];
const filled = (path, world, id) => path.replace('{id}', id ?? knownId(path, world) ?? world.group);

/** With what stands in the path beside the id; `others` instead of what is good. */
function beside(path, { path: kinds = {} }, world, others = {}) {
  return Object.entries(kinds).reduce((line, [name, kind]) => line.replace(`{${name}}`, others[name] ?? world[kind]), path);
}

const EMPTY = ['nothing', 'an empty object', 'null'];

/** Bad values of each field of each body, and bad bodies. */
function bodyRows(own, world) {
  return Object.entries(bodiesOf(own)).flatMap(([form, { body, fields }]) => {
    const good = body(world);
    const row = (name, sent, expect, type) => ({ name: `${form} ${name}`, sent, expect, type });
    const bad = bodies(good).filter(([name]) => !own.empty || !EMPTY.includes(name));
    // Where no field by itself is needed, nothing at all can be read and is refused for what it says.
    const says = (name, expect) => (name === 'an empty object' && Object.values(fields).every((kind) => /[?!]$/.test(kind)) ? { status: 422, code: 'invalid' } : expect);
    const rows = bad.map(([name, sent, expect, type]) => row(`body: ${name}`, sent, says(name, expect), type));
    for (const [field, kind] of Object.entries(fields)) {
      const has = Array.isArray(good[field]) ? 'array' : typeof good[field];
      const malformed = { status: 400, code: 'malformed', field };
      for (const [name, value, expect] of FIELDS[kind.replace(/[?!]$/, '')]) rows.push(row(`${field}: ${name}`, { ...good, [field]: value }, { field: expect.status === 401 ? undefined : field, ...expect }));
      for (const [type, value] of Object.entries(TYPES)) if (type !== has) rows.push(row(`${field}: ${type}`, { ...good, [field]: value }, malformed));
      if (kind.endsWith('?')) continue;
      const without = kind.endsWith('!') ? { status: 422, code: 'invalid', field } : malformed;
      rows.push(row(`${field}: null`, { ...good, [field]: null }, without), row(`${field}: missing`, { ...good, [field]: undefined }, without));
    }
    return rows;
  });
}

/** Bad values of each parameter, parameters that are there twice, and unknown ones. */
function queryRows(own) {
  const known = Object.entries(own.query ?? {});
  const rows = known.flatMap(([name, [kind, max]]) => [
    ...PARAMETERS[kind](max).map(([what, value, expect]) => ({ name: `${name}: ${what}`, query: `${name}=${value}`, expect: { field: name, ...expect } })),
    { name: `${name}: twice`, query: `${name}=1&${name}=1`, expect: { status: 400, code: 'malformed', field: name } },
    { name: `${name}: in capitals`, query: `${name.toUpperCase()}=1`, expect: { status: 400, code: 'malformed' } },
    { name: `${name}: as a list`, query: `${name}%5B%5D=1`, expect: { status: 400, code: 'malformed' } },
  ]);
  if (known.length > 0) rows.push({ name: 'an unknown parameter', query: 'S3NTINEL=1', expect: { status: 400, code: 'malformed' } });
  return rows;
}

for (const [backend, start] of Object.entries(BACKENDS)) {
  scenario(`every operation refuses every bad body, parameter, id, token, method and origin (${backend})`, async (things, t) => {
    const w = await world(things, start);
    const call = ({ name, method, path }, { body, query = '', id, others, ...options } = {}) => {
      const address = `${filled(beside(path, OPERATIONS[name], w, others), w, id)}${query && `?${query}`}`;
      return request(w.url + address, { method, body, token: w.ann.token, ...options });
    };
    await table(t, OPERATION_LIST, async (one) => {
      const own = OPERATIONS[one.name];
      const check = (answer, expect) => isProblem(answer, expect, one.statuses);
      const goods = Object.values(bodiesOf(own)).map(({ body }) => body(w));
      await matrix(w, bodyRows(own, w), async ({ sent, type, expect }) => {
        const options = { body: sent, headers: { 'content-type': type ?? 'application/json' } };
        // fetch always gives a body a type.
        const answer = type === '' ? await rawRequest(w.url + filled(beside(one.path, own, w), w), { method: one.method, token: w.ann.token, body: sent }) : await call(one, options);
        check(answer, expect);
      });
      await matrix(w, queryRows(own), async ({ query, expect }) => check(await call(one, { query }), expect));
      if (own.id) {
        const ids = own.blind ? PATH_IDS.filter(([name]) => name !== 'unknown') : PATH_IDS;
        const rows = ids.map(([name, id, expect]) => ({ name: `id: ${name}`, id, expect }));
        await matrix(w, rows, async ({ id, expect }) => check(await call(one, { id, body: goods[0] }), expect));
      }
      for (const [part, kind] of Object.entries(own.path ?? {})) {
        // Whether an unknown one is refused is the operation's own affair.
        const values = PATH_PARTS[kind] ?? PATH_IDS.filter(([name]) => name !== 'unknown');
        const rows = values.map(([name, value, expect]) => ({ name: `${part}: ${name}`, value, expect }));
        await matrix(w, rows, async ({ value, expect }) => check(await call(one, { others: { [part]: value }, body: goods[0] }), expect));
      }
      if (!one.open) {
        const rows = Object.entries(TOKENS).map(([name, value]) => ({ name: `token: ${name}`, value }));
        await matrix(w, rows, async ({ value }) => {
          check(await call(one, { token: undefined, body: goods[0], headers: value === null ? {} : { authorization: value } }), { status: 401, code: 'unauthorized' });
        });
      }
      if (one.method !== 'GET') {
        const rows = ['https://evil.example', 'null', 'S3NTINEL', `${w.url}.evil.example`].map((origin) => ({ name: `origin: ${origin}`, origin }));
        await matrix(w, rows, async ({ origin }) => check(await call(one, { body: goods[0], headers: { origin } }), { status: 403, code: 'origin_refused' }));
      }
    });
    for (const [path, known] of Object.entries(DOCUMENT.paths)) {
      const line = beside(path, OPERATIONS[Object.values(known)[0].operationId], w);
      const rows = METHODS.filter((method) => !(method in known)).map((method) => ({ name: `${method} ${path}`, method: method.toUpperCase() }));
      await matrix(w, rows, async ({ method }) => {
        const answer = await rawRequest(w.url + filled(line, w), { method, token: w.ann.token });
        isProblem(answer, { status: 405, code: 'method_not_allowed' });
        const allowed = answer.headers.get('allow').split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== 'head');
        assert.deepEqual(allowed.sort(), Object.keys(known).sort());
      });
    }
    await stillWell(w);
  });

  scenario(`what only this moment makes wrong is refused too (${backend})`, async (things, t) => {
    const w = await world(things, start);
    await matrix(w, CASES, async ({ line, body, expect, person = 'ann' }) => {
      const at = typeof line === 'function' ? line(w) : line;
      isProblem(await w[person].call(at, typeof body === 'function' ? body(w) : body), expect);
    });
    const ended = await w.ann.signIn();
    await ended.must(204, 'DELETE /api/sessions/current');
    const tokens = { ended: ended.token };
    if (w.expire) {
      tokens.expired = (await w.ann.signIn()).token;
      await w.expire(tokens.expired);
    }
    for (const [name, token] of Object.entries(tokens)) {
      await t.test(`a session that has ${name}`, async () => {
        for (const one of OPERATION_LIST.filter(({ open }) => !open)) {
          const answer = await request(w.url + filled(beside(one.path, OPERATIONS[one.name], w), w), { method: one.method, token });
          isProblem(answer, { status: 401, code: 'unauthorized' }, one.statuses);
        }
      });
    }
    await stillWell(w);
  });

  scenario(`what is not yours looks like what is not there (${backend})`, async (things, t) => {
    const w = await world(things, start);
    const closed = OPERATION_LIST.filter(({ name }) => OPERATIONS[name].id);
    await table(t, closed, async ({ name, method, path, statuses }) => {
      const [good] = Object.values(bodiesOf(OPERATIONS[name])).map(({ body }) => body(w));
      const theirs = knownId(path, w) ?? w.direct;
      const line = beside(path, OPERATIONS[name], w);
      const [first, second] = await Promise.all([theirs, randomUUID()].map((id) => w.eve.call(`${method} ${line.replace('{id}', id)}`, good)));
      if (!OPERATIONS[name].blind) isProblem(first, { status: 404, code: 'not_found' }, statuses);
      assert.deepEqual([first.status, first.text], [second.status, second.text]);
    });
    await stillWell(w);
  });

  scenario(`exactly at the limit is good (${backend})`, async (things) => {
    const { ann, group } = await world(things, start);
    for (const body of ['x'.repeat(16_384), 'é'.repeat(8_192), '  spaced  ', '\u202e🙂\u0301', '"\\\n\t']) {
      const { seq } = await ann.send(group, body);
      const page = await ann.must(200, `GET /api/conversations/${group}/messages?limit=1`);
      assert.deepEqual([page.messages[0].seq, page.messages[0].body], [seq, body]);
    }
    const ids = Array.from({ length: 99 }, () => randomUUID());
    const { users } = await ann.must(200, `GET /api/users?ids=${[...ids, ann.id].join(',')}`);
    assert.deepEqual(users.map((user) => user.id), [ann.id]);
    for (const limit of [1, 200]) await ann.must(200, `GET /api/conversations?limit=${limit}`);
    await ann.must(201, 'POST /api/conversations', { kind: 'group', name: 'é'.repeat(100), clientId: randomUUID() });
    for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/problem+json']) {
      await ann.must(204, `PUT /api/conversations/${group}/read`, { seq: 1 }, { headers: { 'content-type': type } });
    }
  });
}

/** The neighbour can go on, and no server has an error to tell. */
async function stillWell({ ben, group, head, servers }) {
  const { seq } = await ben.send(group, 'unharmed');
  assert.equal(seq, head + 1);
  for (const server of servers) assert.ok(!/ERROR/.test(server.log()), `${server.label} logged an error`);
}

/** A request that fetch would not send. */
function rawRequest(url, { method, token, body }) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, headers: { authorization: `Bearer ${token}` } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode, headers: new Headers(Object.entries(response.headers)), text, json: text && JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

scenario('paths that are none, and requests that are no HTTP at all', async (things) => {
  const server = await Confab.start(things, { settings: merge(ROOMY, PUSH) });
  const [ann] = await signUpMany([server.url], ['ann']);
  for (const path of ['/api', '/api/', '/api/nonsense', '/api/users/', '/api/%ff', '/api/../api/nonsense']) {
    isProblem(await ann.call(`GET ${path}`), { status: 404, code: 'not_found' });
  }
  const long = await request(`${server.url}/api/me`, { headers: { 'x-long': 'a'.repeat(600_000) } }).catch(() => ({ status: 431 }));
  assert.ok(long.status >= 400 && long.status < 500, `${long.status}`);
  const far = await request(`${server.url}/api/users?query=${'a'.repeat(100_000)}`, { token: ann.token }).catch(() => ({ status: 414 }));
  assert.ok(far.status >= 400 && far.status < 500, `${far.status}`);
  assert.equal((await ann.call('GET /api/me')).status, 200);
});
