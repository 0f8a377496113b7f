// Joining with `after`: away for 1,000 events and back without gap or repeat; ahead of a gateway that
// lags and not reset; of another life of the store and reset.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Confab } from './harness/confab.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { Person, signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS, ask, connected } from './harness/stock.mjs';
import { together, until } from './harness/wait.mjs';

const sendMany = (person, id, count) => together(16, Array(count).keys(), (n) => person.send(id, `message ${n}`, { at: n }));

scenario('away for 1,000 events: exactly those page by page, then live ones; a bare join only new ones', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const { id } = await ann.createGroup('everybody', [ben.id]);
  await sendMany(ann, id, 50);

  const known = await ben.log(id);
  await sendMany(ann, id, 1000);
  const head = known.seq + 1000;

  const away = TRANSPORTS.map((transport, i) => ChatClient.create(things, {
    person: ben, transport, urls: [fleet.gatewayUrls[i]], label: 'away',
  }));
  const bare = TRANSPORTS.map((transport, i) => ChatClient.create(things, {
    person: ann, transport, urls: [fleet.gatewayUrls[1 - i]], label: 'bare',
  }));
  for (const client of away) client.open(id, { after: known.seq, epoch: known.epoch });
  for (const client of bare) client.open(id);
  for (const client of [...away, ...bare]) await client.start().settled();
  for (const client of away) {
    const room = client.room(id);
    assert.equal(room.start, known.seq);
    assert.ok(room.pages.length >= 5, `1,000 events came in ${room.pages.length} pages`);
    assert.ok(room.pages.every((page) => page.length <= 200), 'no page is longer than 200 events');
    assert.equal(room.last, head);
  }
  for (const client of bare) {
    assert.equal(client.room(id).start, head);
    assert.deepEqual(client.room(id).events, []);
  }

  await sendMany(ben, id, 50);
  const log = await ann.log(id);
  assert.equal(log.seq, head + 50);
  for (const client of [...away, ...bare]) {
    await reaches(client.room(id), log.seq, client.label);
    holdsLog(client.room(id), log, client.label);
  }
});

scenario('messages that keep coming do not disturb a client that catches up', async (things) => {
  const fleet = await Fleet.start(things);
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const { id } = await ann.createGroup('busy', [ben.id]);
  await sendMany(ann, id, 600);
  const writing = sendMany(ann, id, 600);
  const clients = Array.from({ length: 6 }, (_, n) => ChatClient.create(things, {
    person: ben, transport: TRANSPORTS[n % 2], urls: fleet.gatewayUrls, label: `late ${n}`,
  }));
  for (const client of clients) {
    client.open(id, { after: 0 });
    await client.start().settled();
  }
  await writing;
  const log = await ann.log(id);
  for (const client of clients) {
    await reaches(client.room(id), log.seq, client.label);
    holdsLog(client.room(id), log, client.label);
  }
});

scenario('a client that is ahead of a lagging gateway gets no reset', async (things) => {
  // Without NATS and with a slow sweep the gateway learns of nothing by itself for a while.
  const fleet = await Fleet.start(things, { gatewaySettings: { gateway: { sweep_millis: 10_000 } } });
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const { id } = await ann.createGroup('quick');
  const stays = await connected(things, fleet.gatewayUrls[0], ann.token);
  const { epoch } = await ask(stays, 'joinConversation', id, { after: 0 });
  await fleet.nats.kill();

  for (let i = 0; i < 20; i++) {
    const { seq } = await ann.send(id, `message ${i}`);
    const socket = await connected(things, fleet.gatewayUrls[0], ann.token, TRANSPORTS[i % 2]);
    const answer = await ask(socket, 'joinConversation', id, i % 3 === 0 ? { after: seq } : { after: seq, epoch });
    assert.deepEqual(answer, { ok: true, seq, epoch, more: false, events: [] });
    socket.disconnect();
  }
});

scenario('beyond the head of the store is a reset, on the ack', async (things) => {
  const fleet = await Fleet.start(things);
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const { id } = await ann.createGroup('short');
  const { seq } = await ann.send(id, 'the last one');
  const socket = await connected(things, fleet.gatewayUrls[0], ann.token);
  const { epoch } = await ask(socket, 'joinConversation', id);
  for (const question of [{ after: seq + 1 }, { after: seq + 1, epoch }, { after: seq, epoch: '0123456789abcdef' }, { after: 0, epoch: '0123456789abcdef' }]) {
    const { message, ...answer } = await ask(socket, 'joinConversation', id, question);
    assert.deepEqual(answer, { ok: false, code: 'reset', seq, epoch }, JSON.stringify(question));
    assert.ok(message === undefined || typeof message === 'string');
  }
});

scenario('after a restore every socket is told, and old places are answered with reset', async (things) => {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 2 });
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const { id } = await ann.createGroup('restored', [ben.id]);
  await sendMany(ann, id, 20);
  const clients = fleet.gatewayUrls.flatMap((url) => TRANSPORTS.map((transport) => ChatClient.create(things, { person: ben, urls: [url], transport })));
  for (const client of clients) {
    client.open(id, { after: 0 });
    await client.start().settled();
  }
  const old = await ann.log(id);

  await fleet.confab(['restored']);

  for (const client of clients) await until(`${client.label} to be reset`, () => client.resets.length > 0);
  for (const client of clients) await client.settled();
  await sendMany(ben, id, 20);
  const log = await ann.log(id);
  assert.notEqual(log.epoch, old.epoch);
  for (const client of clients) {
    assert.equal(client.resets[0].epoch, log.epoch);
    assert.equal(client.room(id).epoch, log.epoch);
    await reaches(client.room(id), log.seq, client.label);
    holdsLog(client.room(id), log, client.label);
  }
  const late = await connected(things, fleet.gatewayUrls[0], ben.token);
  const answer = await ask(late, 'joinConversation', id, { after: old.seq, epoch: old.epoch });
  assert.deepEqual([answer.ok, answer.code, answer.epoch, answer.seq], [false, 'reset', log.epoch, log.seq]);
  const fresh = await ask(late, 'joinConversation', id, { after: old.seq, epoch: log.epoch });
  assert.deepEqual([fresh.ok, fresh.events.length], [true, 20]);
});

scenario('an older database file put back is noticed by the embedded store', async (things) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const ann = await Person.signUp([server.url], 'ann');
  const { id } = await ann.createGroup('copied');
  await sendMany(ann, id, 10);
  await server.stop();
  const file = path.join(server.cwd, 'data', 'confab.db');
  const copy = path.join(server.cwd, 'copy.db');
  await fs.copyFile(file, copy);
  await server.start();
  await sendMany(ann, id, 10);
  const before = await ann.log(id);
  await server.stop();

  for (const suffix of ['-wal', '-shm']) await fs.rm(file + suffix, { force: true });
  await fs.copyFile(copy, file);
  await server.start();
  const after = await ann.log(id);
  assert.equal(after.seq, before.seq - 10);
  assert.notEqual(after.epoch, before.epoch);
  const socket = await connected(things, server.url, ann.token);
  // Written on: the seq exists again, but it is another message, and only the epoch can tell.
  await sendMany(ann, id, 10);
  const answer = await ask(socket, 'joinConversation', id, { after: before.seq, epoch: before.epoch });
  assert.deepEqual([answer.ok, answer.code, answer.epoch], [false, 'reset', after.epoch]);
});

scenario('a stock client that begins by polling and upgrades misses nothing', async (things) => {
  const server = await Confab.start(things, { settings: ROOMY });
  const [ann, ben] = await signUpMany([server.url], ['ann', 'ben']);
  const groups = [];
  for (let n = 0; n < 40; n++) groups.push((await ann.createGroup(`group ${n}`, [ben.id])).id);
  // Together the pages are many times what one poll carries, so that the upgrade falls among them.
  await together(8, Array(48).keys(), (n) => ann.send(groups[n % groups.length], `${n} ${'x'.repeat(12_000)}`));

  const clients = Array.from({ length: 8 }, (_, n) => ChatClient.create(things, {
    person: ben, transport: 'upgrade', urls: [server.url], label: `upgrading ${n}`,
  }));
  for (const client of clients) {
    for (const id of groups) client.open(id, { after: 0 });
    client.start();
  }
  await together(8, Array(48).keys(), (n) => ann.send(groups[n % groups.length], `late ${n} ${'y'.repeat(12_000)}`));
  for (const client of clients) await client.settled();
  for (const id of groups) {
    const log = await ann.log(id);
    for (const client of clients) {
      await reaches(client.room(id), log.seq, client.label);
      holdsLog(client.room(id), log, client.label);
    }
  }
  await until('all clients to be on websockets', () => clients.every((client) => client.transportNow === 'websocket'));
});
