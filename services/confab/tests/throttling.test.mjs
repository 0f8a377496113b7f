// Who tries too often waits: sign-ins counted by all replicas together, by the address that can be believed, and sockets without
// a session at the gateway.

import assert from 'node:assert/strict';

import { Confab } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { Person, request } from './harness/http.mjs';
import { Polling } from './harness/polling.mjs';
import { scenario } from './harness/scenario.mjs';
import { stock } from './harness/stock.mjs';
import { until } from './harness/wait.mjs';

const WRONG = 'not that one at all';

const signIn = (url, username, password, forwarded) => request(`${url}/api/sessions`, {
  method: 'POST', body: { username, password }, headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
});

function mustWait(answer, atMost) {
  assert.deepEqual([answer.status, answer.json.code], [429, 'rate_limited'], answer.text);
  const seconds = Number(answer.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= atMost, `retry-after: ${seconds}`);
}

scenario('two replicas share one count of wrong passwords, also when one of them starts anew', async (things) => {
  const settings = { limits: { sign_ins_burst: 5, sign_ins_per_hour: 60 } };
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0, settings });
  const ann = await Person.signUp(fleet.apiUrls, 'ann');
  const ben = await Person.signUp(fleet.apiUrls, 'ben');
  for (let n = 0; n < 5; n++) {
    const answer = await signIn(fleet.apiUrls[n % 2], 'ann', WRONG);
    assert.deepEqual([answer.status, answer.json.code], [401, 'invalid_credentials']);
  }
  for (const url of fleet.apiUrls) {
    mustWait(await signIn(url, 'ann', WRONG), 60);
    mustWait(await signIn(url, 'ann', ann.password), 60);
  }
  await fleet.apis[0].kill();
  await fleet.apis[0].start();
  mustWait(await signIn(fleet.apiUrls[0], 'ann', ann.password), 60);
  assert.equal((await signIn(fleet.apiUrls[0], 'ben', ben.password)).status, 200, 'another account');
  assert.equal((await ann.call('GET /api/me', undefined, { at: 1 })).status, 200, 'who is signed in stays so');
});

scenario('an address is believed from a trusted proxy only', async (things) => {
  const limits = { sign_ins_burst: 2, sign_ins_per_hour: 60 };
  const believes = await Confab.start(things, { label: 'trusting', settings: { limits, http: { trusted_proxies: '127.0.0.0/8' } } });
  const doubts = await Confab.start(things, { label: 'doubting', settings: { limits, http: { trusted_proxies: '192.0.2.1' } } });
  const forged = (server, n) => signIn(server.url, 'ann', WRONG, `198.51.100.${n}, 203.0.113.9`);
  for (const server of [believes, doubts]) {
    await Person.signUp([server.url], 'ann');
    for (const n of [1, 2]) assert.equal((await forged(server, n)).status, 401);
    // What the client itself claims is never believed.
    mustWait(await forged(server, 3), 60);
  }
  assert.equal((await signIn(believes.url, 'ann', WRONG, '203.0.113.10')).status, 401, 'another client of the proxy');
  mustWait(await signIn(doubts.url, 'ann', WRONG, '203.0.113.10'), 60);
});

scenario('an address that opens sockets without a session waits, and a stock client comes back', async (things) => {
  const server = await Confab.start(things, { settings: { limits: { handshakes_burst: 3, handshakes_per_second: 1 } } });
  const ann = await Person.signUp([server.url], 'ann');
  const status = await until('a handshake to be refused', async () => {
    try {
      await Polling.open(server.url);
      return null;
    } catch (error) {
      return error.status;
    }
  });
  assert.equal(status, 429);
  for (const transport of ['websocket', 'polling']) {
    const socket = stock(things, server.url, { auth: { token: ann.token }, transports: [transport], reconnection: true, reconnectionDelay: 100 });
    await until(`${transport} to be let in`, () => socket.connected);
  }
});
