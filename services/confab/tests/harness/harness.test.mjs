// The harness itself: what it says about servers must be true, or every other test is worth little.

import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';

import { NatsServer } from './nats.mjs';
import { Database } from './postgres.mjs';
import { Proxy } from './proxy.mjs';
import { Things, scenario } from './scenario.mjs';
import { together, until } from './wait.mjs';

const answers = (port) => new Promise((resolve) => {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.once('data', () => { resolve(true); socket.destroy(); });
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
});

scenario('a database is fresh, private and gone afterwards', async (things) => {
  const own = new Things();
  const [first, second] = [await Database.create(own), await Database.create(own)];
  await first.query('create table t (n int); insert into t values (1), (2)');
  assert.deepEqual(await first.query('select n, n + 1 from t order by n'), [['1', '2'], ['2', '3']]);
  await assert.rejects(second.query('select n from t'), /relation "t" does not exist/);
  assert.deepEqual(await first.query('show fsync'), [['on']]);
  await own.close();
  await assert.rejects(first.query('select 1'), /does not exist/);
  things.check();
});

scenario('NATS is killed and started again on the same port', async (things) => {
  const nats = await NatsServer.create(things);
  assert.equal(await answers(nats.port), true);
  await nats.kill();
  assert.equal(await answers(nats.port), false);
  assert.equal(nats.running, false);
  await nats.start();
  assert.equal(await answers(nats.port), true);
});

scenario('a proxy is cut and heals', async (things) => {
  const nats = await NatsServer.create(things);
  const proxy = await Proxy.create(things, { host: '127.0.0.1', port: nats.port });
  assert.equal(await answers(proxy.port), true);
  const open = net.connect({ host: '127.0.0.1', port: proxy.port });
  let closed = false;
  open.on('error', () => {}).on('close', () => { closed = true; }).resume();
  await until('the connection', () => open.bytesRead > 0);
  await proxy.cut();
  await until('the open connection to break', () => closed);
  assert.equal(await answers(proxy.port), false);
  await proxy.heal();
  assert.equal(await answers(proxy.port), true);
});

test('a recorded violation, a panic and an unasked end each fail a scenario', () => {
  const quiet = { label: 'api', log: () => '', unexpectedEnd: () => null };
  const cases = [
    [(things) => things.watchClient({ label: 'ann', violations: ['hole'] }), /ann: hole/],
    [(things) => things.watchServer({ ...quiet, log: () => "thread 'main' panicked at" }), /api panicked/],
    [(things) => things.watchServer({ ...quiet, unexpectedEnd: () => 'code 1' }), /api ended by itself: code 1/],
  ];
  for (const [arrange, expected] of cases) {
    const things = new Things();
    arrange(things);
    assert.throws(() => things.check(), expected);
  }
});

test('no more than the limit run together', async () => {
  let now = 0;
  let most = 0;
  const results = await together(3, [1, 2, 3, 4, 5, 6, 7], async (n) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return n * n;
  });
  assert.equal(most, 3);
  assert.deepEqual(results, [1, 4, 9, 16, 25, 36, 49]);
});
