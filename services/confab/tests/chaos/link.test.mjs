// Links do to connections what they say they do, and pass every byte in order when all is well again.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';

import { scenario } from '../harness/scenario.mjs';
import { sleep, until } from '../harness/wait.mjs';
import { Link } from './link.mjs';

/** An echo server behind a link, and a client whose `got` is what came back. */
async function begin(things) {
  const echo = net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  things.onEnd(() => echo.close());
  const link = await Link.create(things, 'to the echo', { host: '127.0.0.1', port: echo.address().port });
  return { link, connect: () => connect(things, link.port) };
}

async function connect(things, port) {
  const socket = net.connect({ host: '127.0.0.1', port });
  things.onEnd(() => socket.destroy());
  const client = { socket, got: '', error: null, closed: false, say: (text) => socket.write(text) };
  socket.setEncoding('utf8').on('data', (text) => { client.got += text; });
  socket.on('error', (error) => { client.error = error.code; }).on('close', () => { client.closed = true; });
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return client;
}

scenario('it passes bytes and ends', async (things) => {
  const { link, connect } = await begin(things);
  const client = await connect();
  client.say('hello');
  await until('the echo', () => client.got === 'hello');
  client.socket.end();
  await until('the end', () => client.closed && link.connections === 0);
  assert.equal(client.error, null);
});

scenario('cut: all are reset, new ones refused, until it heals', async (things) => {
  const { link, connect } = await begin(things);
  const client = await connect();
  await link.break('cut');
  await until('the reset', () => client.closed);
  assert.equal(client.error, 'ECONNRESET');
  assert.equal((await connect()).error, 'ECONNREFUSED');
  await link.heal();
  const next = await connect();
  next.say('again');
  await until('the echo', () => next.got === 'again');
});

scenario('refuse: who is connected stays, who comes is refused', async (things) => {
  const { link, connect } = await begin(things);
  const client = await connect();
  client.say('a');
  await until('the echo', () => client.got === 'a');
  await link.break('refuse');
  assert.equal((await connect()).error, 'ECONNREFUSED');
  client.say('b');
  await until('the echo', () => client.got === 'ab');
});

scenario('black-hole: nothing passes, not even the end, and nothing is lost', async (things) => {
  const { link, connect } = await begin(things);
  const client = await connect();
  await link.break('black-hole');
  client.say('held');
  const late = await connect();
  late.say('late');
  await sleep(150);
  assert.deepEqual([client.got, late.got, late.error], ['', '', null]);
  await link.heal();
  await until('both echoes', () => client.got === 'held' && late.got === 'late');
});

scenario('slow: late, at a pace, in order, also when it heals in the middle', async (things) => {
  const { link, connect } = await begin(things);
  const client = await connect();
  await link.break('slow', { latencyMs: 60, bytesPerSecond: 20_000 });
  const begun = Date.now();
  let said = '';
  for (let i = 0; i < 400; i++) {
    said += `${i} `;
    client.say(`${i} `);
    if (i === 200) await sleep(30);
    if (i === 300) await link.heal();
  }
  await until('every byte', () => client.got.length === said.length);
  assert.equal(client.got, said);
  assert.ok(Date.now() - begun >= 60);
});

scenario('half-open: one side is gone, the other is told when it speaks after the end of the fault', async (things) => {
  const { link, connect } = await begin(things);
  const client = await connect();
  await link.break('half-open', { side: 'far' });
  client.say('anybody?');
  const other = await connect();
  other.say('new');
  await until('the echo of a new connection', () => other.got === 'new');
  assert.deepEqual([client.closed, client.got], [false, '']);
  await link.heal();
  client.say('still there?');
  await until('the reset', () => client.closed);
  assert.equal(client.error, 'ECONNRESET');
});
