// The embedded default: two people chat both ways on one node, the process is killed, and everything
// is there again, tokens included.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, holdsReceipts, messagesOf, reaches } from './harness/check.mjs';
import { Confab } from './harness/confab.mjs';
import { Person, request } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { until } from './harness/wait.mjs';

async function twoPeople(server) {
  const ann = await Person.signUp([server.url], 'ann');
  const ben = await Person.signUp([server.url], 'ben', { displayName: 'Ben B.' });
  return [ann, ben];
}

scenario('two people chat both ways and a kill -9 loses nothing', async (things) => {
  const server = await Confab.start(things);
  assert.match(server.child.stdout, new RegExp(`^Confab is open at ${server.url} · data in \\./data · one node, no failover\\n$`));
  const [ann, ben] = await twoPeople(server);

  const found = await ann.must(200, 'GET /api/users?query=be&limit=10');
  assert.deepEqual(found.users, [{ id: ben.id, username: 'ben', displayName: 'Ben B.', avatar: null, statusText: '', deleted: false }]);
  const { conversation } = await ann.must(201, 'POST /api/conversations', { kind: 'direct', userId: ben.id });
  const again = await ben.must(200, 'POST /api/conversations', { kind: 'direct', userId: ann.id });
  assert.equal(again.conversation.id, conversation.id);

  const clients = [ann, ben].map((person, i) => ChatClient.create(things, {
    person, urls: [server.url], transport: ['websocket', 'polling'][i],
  }));
  const rooms = clients.map((client) => client.start().open(conversation.id, { after: 0 }));
  for (const client of clients) await client.settled();

  const receipts = [];
  for (let i = 0; i < 20; i++) receipts.push(await [ann, ben][i % 2].send(conversation.id, `hello ${i}`));
  for (const room of rooms) await reaches(room, receipts.at(-1).seq);
  const before = await ann.log(conversation.id);

  await server.kill();
  await server.start();

  // The tokens are valid, both people find their conversation and all of its messages.
  for (const [person, other] of [[ann, ben], [ben, ann]]) {
    assert.equal((await person.must(200, 'GET /api/me')).user.id, person.id);
    const { conversations } = await person.must(200, 'GET /api/conversations');
    assert.equal(conversations.length, 1);
    assert.equal(conversations[0].id, conversation.id);
    assert.equal(conversations[0].name, null);
    assert.deepEqual(conversations[0].receivers.map((user) => user.id), [other.id]);
    assert.equal(conversations[0].lastMessage.body, 'hello 19');
  }
  assert.deepEqual(await ben.log(conversation.id), before);
  const page = await ann.must(200, `GET /api/conversations/${conversation.id}/messages?limit=200`);
  assert.deepEqual(page.messages.map((message) => message.body), messagesOf(before).map((event) => event.data.body));

  // The clients come back by themselves, and the chat goes on where it stood.
  for (const client of clients) await client.settled();
  for (let i = 20; i < 30; i++) receipts.push(await [ann, ben][i % 2].send(conversation.id, `hello ${i}`));
  for (const room of rooms) await reaches(room, receipts.at(-1).seq);
  const log = await ann.log(conversation.id);
  holdsReceipts(log, receipts);
  assert.deepEqual(messagesOf(log).map((event) => event.data.body), Array.from({ length: 30 }, (_, i) => `hello ${i}`));
  rooms.forEach((room, i) => holdsLog(room, log, clients[i].label));

  // A polite stop ends with 0, and passwords work after it as well.
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  await server.start();
  const returned = await ann.signIn();
  assert.notEqual(returned.token, ann.token);
  assert.equal((await returned.must(200, 'GET /api/me')).user.id, ann.id);
});

scenario('kill -9 in the middle of sending loses no answered message', async (things) => {
  const server = await Confab.start(things, { settings: { limits: { messages_burst: 10_000, messages_per_second: 10_000 } } });
  const [ann, ben] = await twoPeople(server);
  const { conversation } = await ann.must(201, 'POST /api/conversations', { kind: 'direct', userId: ben.id });
  const client = ChatClient.create(things, { person: ben, urls: [server.url] }).start();
  const room = client.open(conversation.id, { after: 0 });
  await client.settled();

  const receipts = [];
  const lane = async (person, name) => {
    for (let i = 0; i < 100; i++) receipts.push(await person.send(conversation.id, `${name} ${i}`));
  };
  const lanes = [lane(ann, 'a'), lane(ann, 'b'), lane(ben, 'c'), lane(ben, 'd')];
  const kills = async () => {
    for (const at of [60, 160, 260]) {
      await until(`${at} answers`, () => receipts.length >= at, { every: 2 });
      await server.kill();
      await server.start();
    }
  };
  await Promise.all([...lanes, kills()]);

  const log = await ann.log(conversation.id);
  assert.equal(messagesOf(log).length, 400);
  holdsReceipts(log, receipts);
  await reaches(room, log.seq);
  holdsLog(room, log, client.label);
});

scenario('serves the client, its own description and health on one port', async (things) => {
  const server = await Confab.start(things);
  const page = await request(server.url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  const deep = await request(`${server.url}/c/0198f2ab-0000-7000-8000-000000000000`);
  assert.equal(deep.status, 200);
  assert.equal(deep.text, page.text);
  const { status, json } = await request(`${server.url}/openapi.json`);
  assert.equal(status, 200);
  assert.ok(Object.keys(json.paths).some((key) => /^\/api\/conversations\/\{\w+\}\/messages$/.test(key)));
  assert.equal((await request(`${server.url}/health/live`)).status, 200);
  assert.deepEqual(await server.readiness(), { status: 200, body: { status: 'ok', store: 'ok', bus: 'ok' } });
  assert.ok((await fs.readdir(path.join(server.cwd, 'data'))).length > 0);
});
