// The clients in Rust, `confab-bench clients`, against the stock server: what their history says is what the log
// holds and what the stock JavaScript clients say, over both transports, also when a gateway dies under them.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { collectDatabase } from './chaos/collect.mjs';
import { fingerprint } from './chaos/history.mjs';
import { Worker } from './chaos/worker.mjs';
import { CONFAB } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { scenario } from './harness/scenario.mjs';
import { together, until } from './harness/wait.mjs';

/** Built beside the binary under test. */
const BENCH = process.env.BENCH_BIN ?? path.join(path.dirname(CONFAB), 'confab-bench');
const STOCK = fileURLToPath(new URL('chaos/clients.mjs', import.meta.url));
const BODIES = ['tea', '"quoted" back\\slash', '猫 🦊 é', 'line\nbreak\tand \u0007', '\u2028 </b>', 'x'.repeat(3000)];
const TRANSPORTS = ['websocket', 'polling'];

const jsonLines = async (file) => (await fs.readFile(file, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** Starts a process of clients, `program` with the arguments that both take. */
async function start(things, folder, name, [program, ...args], spec) {
  const files = ['--spec', path.join(folder, `${name}.json`), '--history', path.join(folder, `${name}.jsonl`)];
  await fs.writeFile(files[1], JSON.stringify(spec));
  const worker = new Worker(name, program, [...args, ...files]);
  things.onEnd(() => worker.kill());
  return worker;
}

/** Until every client is joined in every room and holds it up to its head. */
const stand = (worker, spec, heads) => until(`${worker.name} to stand at the heads`, async () => {
  const places = await worker.ask('standing');
  return spec.clients.every(({ name, conversations }) => conversations.every((id) => {
    const { last, joined } = places[name][id];
    return joined && last === heads.get(id);
  }));
});

/** What a client received of a conversation, `seq fingerprint` in the order of the client's rule, over all its sockets. */
function received(lines, client, conversation) {
  const got = [];
  for (const line of lines.filter((one) => one.client === client && one.conversation === conversation)) {
    const events = line.k === 'event' ? [[line.seq, line.h]] : line.k === 'joined' && line.ok ? line.events : [];
    for (const [seq, h] of events) got.push(`${seq} ${h}`);
  }
  return got;
}

/** What its first granted join began behind. */
function beginning(lines, client, conversation) {
  const { seq, join } = lines.find((line) => line.k === 'joined' && line.ok && line.client === client && line.conversation === conversation);
  return lines.find((line) => line.k === 'join' && line.join === join).after ?? seq;
}

scenario('clients in Rust see and write down what the log holds, over websocket and polling, on any gateway', async (things) => {
  const fleet = await Fleet.start(things, { gateways: 2 });
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const rooms = [(await ann.createGroup('one', [ben.id])).id, (await ann.createGroup('two', [ben.id])).id];
  const folder = await things.folder();
  const gateways = fleet.gateways.map((gateway) => ({ name: gateway.label, url: gateway.url }));
  const client = (name, transport, fields) => ({ name, user: ben.id, token: ben.token, transport, bare: false, restless: false, conversations: rooms, ...fields });
  const rust = { seed: 7, gateways, clients: TRANSPORTS.flatMap((transport) => [
    client(`r-${transport}`, transport), client(`r-${transport}-bare`, transport, { bare: true, user: ann.id, token: ann.token }),
    client(`r-${transport}-restless`, transport, { restless: true }),
  ]) };
  const stock = { seed: 7, gateways, clients: TRANSPORTS.map((transport) => client(`js-${transport}`, transport)) };
  // More than a page, so that `more` is followed.
  await together(16, Array(230).keys(), (n) => ann.send(rooms[0], `before ${n}`));

  const bench = await start(things, folder, 'rust', [BENCH, 'clients'], rust);
  const others = await start(things, folder, 'stock', [process.execPath, STOCK], stock);
  // The first `standing` ends the wandering: until then watch the history.
  await until('everybody to be joined', async () => {
    const lines = await jsonLines(path.join(folder, 'rust.jsonl')).catch(() => []);
    return rust.clients.every(({ name }) => rooms.every((id) => lines.some((line) => line.k === 'joined' && line.ok && !line.more && line.client === name && line.conversation === id)));
  });
  const say = (text) => together(8, BODIES.concat(BODIES), (body, n) => ann.send(rooms[n % 2], `${text} ${body}`));
  await say('first');
  await until('a restless one to have left', async () => (await fs.readFile(path.join(folder, 'rust.jsonl'), 'utf8')).includes('"k":"left"'));
  await fleet.gateways[0].kill();
  await say('without a gateway');
  await fleet.gateways[0].start();
  await say('last');

  const heads = new Map(await Promise.all(rooms.map(async (id) => [id, (await ann.log(id)).seq])));
  await stand(bench, rust, heads);
  await stand(others, stock, heads);
  assert.deepEqual(await bench.ask('deaf r-websocket 50'), { deaf: true });
  assert.deepEqual(await bench.ask('deaf r-polling 50'), { deaf: false });
  const { eventLoopMs } = await bench.end();
  assert.ok(eventLoopMs.max >= eventLoopMs.p99 && eventLoopMs.p99 >= 0, 'it says how late it was');
  await others.end();

  await collectDatabase(fleet.database.url, folder);
  const log = await jsonLines(path.join(folder, 'log.jsonl'));
  const lines = await jsonLines(path.join(folder, 'rust.jsonl'));
  const stockLines = await jsonLines(path.join(folder, 'stock.jsonl'));
  for (const id of rooms) {
    const stored = log.filter((event) => event.conversationId === id).map((event) => `${event.seq} ${fingerprint({ ...event, data: JSON.parse(event.data) })}`);
    for (const { name, bare } of rust.clients) {
      const first = beginning(lines, name, id);
      assert.ok(bare ? first > 0 : first === 0, `${name} began at ${first}`);
      assert.deepEqual(received(lines, name, id), stored.slice(first), `${name} in ${id}`);
    }
    for (const { name } of stock.clients) assert.deepEqual(received(stockLines, name, id), stored, name);
  }
  for (const { name } of rust.clients) {
    const sockets = lines.filter((line) => line.client === name && line.k === 'connect');
    const ended = lines.filter((line) => line.client === name && line.k === 'disconnect');
    assert.equal(sockets.length, ended.length, `${name}: each socket that began has ended`);
    assert.equal(ended.at(-1).why, 'io client disconnect');
  }
  assert.ok(lines.some((line) => line.k === 'disconnect' && line.why !== 'io client disconnect'), 'the killed gateway took sockets with it');
  assert.ok(lines.every((line, i) => i === 0 || line.t >= lines[i - 1].t), 'time goes on');
});

scenario('a spec or a command that it cannot follow ends it with its reason', async (things) => {
  const folder = await things.folder();
  const spec = { seed: 1, gateways: [{ name: 'nowhere', url: 'http://127.0.0.1:9' }], clients: [] };
  const bad = await start(things, folder, 'bad', [BENCH, 'clients'], { ...spec, misspelt: 1 });
  await assert.rejects(bad.end(), /unknown field `misspelt`/);
  const asked = await start(things, folder, 'asked', [BENCH, 'clients'], spec);
  await assert.rejects(asked.ask('what'), /cannot understand the line "what"/);
});
