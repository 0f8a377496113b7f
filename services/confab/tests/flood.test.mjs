// Clients that send as fast as they can, in every kind of packet: they are limited or cut, and nobody
// else on that server suffers. How much each got rid of is mostly what the kernel's buffers hold. With
// EACH=1 one kind after the other.

import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';

import { metrics } from './harness/metrics.mjs';
import { Neighbours } from './harness/neighbours.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, within } from './harness/wait.mjs';

const KINDS = [
  'events', 'events with an ack', 'joins', 'leaves', 'acks', 'binary', 'Engine.IO pings', 'websocket pings', 'other namespaces', 'CONNECT',
  'posts of events', 'posts of pings', 'posts of joins',
];
const MILLISECONDS = Number(process.env.MILLISECONDS || 3_000);

function flood(things, workerData) {
  const worker = new Worker(new URL('flood/flooder.mjs', import.meta.url), { workerData });
  things.onEnd(() => worker.terminate());
  return within('the end of a flood', new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  }));
}

scenario('clients that flood are limited or cut, and nobody else suffers', async (things, t) => {
  const neighbours = await Neighbours.start(things);
  const { server: { port }, eve: { token }, id } = neighbours;
  await neighbours.chatDuring(() => sleep(1500));
  t.diagnostic(`quiet: ${neighbours.figures}`);
  for (const kinds of process.env.EACH ? KINDS.map((kind) => [kind]) : [KINDS]) {
    neighbours.took = [];
    const results = await neighbours.chatDuring(() => flood(things, { port, token, id, kinds, milliseconds: MILLISECONDS }));
    t.diagnostic(`${results.map(({ kind, bytes, cut, refused }) => `${kind}: ${Math.round(bytes / 1024)} KiB${cut || refused ? ', cut' : ''}`).join(' · ')}; ${neighbours.figures}`);
  }
  const page = await metrics(neighbours.metrics);
  const reasons = page.samples.filter(({ name }) => name === 'confab_sockets_closed_total').map(({ labels, value }) => `${labels.reason} ${value}`);
  t.diagnostic(`closed: ${reasons.join(', ')}`);
  await neighbours.unharmed();
});
