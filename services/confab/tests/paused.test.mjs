// A gateway that is paused for a while (SIGSTOP) finds a burst of many rooms on its return, more than
// the buffer of a socket holds; and one that never comes back. Every client is exact either way.

import assert from 'node:assert/strict';

import { ChatClient } from './harness/chat.mjs';
import { holdsLog, reaches } from './harness/check.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { metrics } from './harness/metrics.mjs';
import { freePort } from './harness/ports.mjs';
import { scenario } from './harness/scenario.mjs';
import { TRANSPORTS } from './harness/stock.mjs';
import { together, until } from './harness/wait.mjs';

const ROOMS = 12;
/** Of a socket: what one turn may bring must be more. */
const BUFFER_PACKETS = 200;
const BURST = 600;

async function world(things, options) {
  const fleet = await Fleet.start(things, options);
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const rooms = await together(1, Array(ROOMS).keys(), (n) => ann.createGroup(`room ${n}`, [ben.id]));
  const clients = [...TRANSPORTS, ...TRANSPORTS].map((transport, n) => ChatClient.create(things, { person: ben, urls: fleet.gatewayUrls, transport, label: `client ${n}` }));
  for (const client of clients) {
    for (const { id } of rooms) client.open(id, { after: 0 });
    await client.start().settled();
  }
  const burst = (count) => together(16, Array(count).keys(), (n) => ann.send(rooms[n % ROOMS].id, `message ${n}`));
  const exact = async () => {
    for (const { id } of rooms) {
      const log = await ann.log(id);
      for (const client of clients) {
        await reaches(client.room(id), log.seq, client.label);
        holdsLog(client.room(id), log, client.label);
      }
    }
  };
  return { fleet, clients, burst, exact };
}

scenario('a socket that cannot take what twelve rooms bring in one turn is cut, and resumes exactly', async (things, t) => {
  const port = await freePort();
  const { fleet, clients, burst, exact } = await world(things, {
    gatewaySettings: { metrics: { listen: `127.0.0.1:${port}` }, socket: { buffer_packets: BUFFER_PACKETS } },
  });
  const [gateway] = fleet.gateways;
  for (let n = 0; n < 3; n++) {
    gateway.pause();
    await burst(BURST);
    gateway.resume();
    await exact();
  }
  const cut = (await metrics(`http://127.0.0.1:${port}`)).value('confab_sockets_closed_total', { reason: 'slow_consumer' });
  t.diagnostic(`${cut} times a socket was cut for it`);
  await burst(50);
  await exact();
  for (const client of clients) assert.deepEqual(client.refusals, []);
});

scenario('a gateway is killed while it is paused, and its clients are exact on the other one', async (things) => {
  const { fleet, clients, burst, exact } = await world(things, { gateways: 2 });
  const [first] = fleet.gateways;
  first.pause();
  await burst(200);
  await first.kill();
  await until('all clients to be back', () => clients.every((client) => client.connected));
  await exact();
  await first.start();
  await burst(50);
  await exact();
});
