// Why sockets are closed is counted by the reason: a client that stops answering pings, one that stops
// reading, one that lets packets pile up. The stock client comes back from each.

import assert from 'node:assert/strict';

import { metrics } from './harness/metrics.mjs';
import { Neighbours } from './harness/neighbours.mjs';
import { Polling } from './harness/polling.mjs';
import { RawSocket } from './harness/raw.mjs';
import { scenario } from './harness/scenario.mjs';
import { together, until } from './harness/wait.mjs';

const LARGE = 'x'.repeat(15_000);

scenario('each reason for which a socket is closed is counted', async (things) => {
  const neighbours = await Neighbours.start(things, {
    socket: { ping_interval_seconds: 1, ping_timeout_seconds: 4, write_stall_seconds: 1, pending_bytes: 300_000 },
    limits: { messages_burst: 100_000, messages_per_second: 100_000 },
  });
  const { ann, eve, id, server } = neighbours;
  const closed = async (reason) => (await metrics(neighbours.metrics)).value('confab_sockets_closed_total', { reason });
  const counted = async (reason, before) => until(`${reason} to be counted`, async () => await closed(reason) > before);
  const flood = (count) => together(4, Array(count).keys(), (n) => ann.send(id, `${LARGE} ${n}`));

  let before = await closed('ping_timeout');
  const silent = await RawSocket.connect(things, server.url, eve.token);
  silent.answersPings = false;
  await silent.closed();
  await counted('ping_timeout', before);

  // Reads nothing of all the pages it asks for, but says that it is there.
  await flood(30);
  before = await closed('write_stall');
  const stops = await RawSocket.connect(things, server.url, eve.token);
  stops.stopReading();
  const pongs = setInterval(() => stops.send('3'), 300);
  things.onEnd(() => clearInterval(pongs));
  for (let n = 0; n < 100; n++) stops.send(`42${n}["joinConversation","${id}",{"after":0}]`);
  await counted('write_stall', before);
  clearInterval(pongs);

  before = await closed('slow_consumer');
  const piles = await Polling.connect(server.url, eve.token);
  assert.equal((await piles.ask('joinConversation', id))[0].ok, true);
  await flood(40);
  await counted('slow_consumer', before);
  assert.equal((await piles.poll()).status, 400);

  await neighbours.unharmed();
});
