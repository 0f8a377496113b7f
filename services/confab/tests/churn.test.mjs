// Sockets that come and go in every way there is, over both transports, right and wrong: nothing is left
// of them, and two neighbours on the same server notice nothing.
//
//   make churn CONNECTIONS=20000 SEED=7      the long form

import assert from 'node:assert/strict';

import { WebSocket } from 'ws';

import { request } from './harness/http.mjs';
import { Neighbours } from './harness/neighbours.mjs';
import { Polling } from './harness/polling.mjs';
import { Random } from './harness/random.mjs';
import { RawSocket } from './harness/raw.mjs';
import { Residue } from './harness/residue.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, within } from './harness/wait.mjs';

const CONNECTIONS = Number(process.env.CONNECTIONS || 1_000);
const SEED = Number(process.env.SEED || Math.floor(Math.random() * 2 ** 31));
const LANES = 40;
const WARM_UP = 100;
/** The part of them that never is connected: a timer outlives each by 15 s, for which only the long form waits. */
const UNCONNECTED = 5 / 18;
const LONG = CONNECTIONS > 1_000;

/** A helper's end of test, which these do not need: each ends by itself. */
const NO_END = { onEnd: () => {} };
const joins = (id) => `42["joinConversation","${id}"]`;

/** The websocket of a session over polling; not yet probed. */
async function second(polling) {
  const ws = new WebSocket(polling.address.replace('http', 'ws').replace('polling', 'websocket'));
  const raw = new RawSocket(ws);
  await within('the websocket to open', raw.opened);
  return raw;
}

/** A poll that is broken off by the client while it waits. */
async function brokenOff(polling, random) {
  const control = new AbortController();
  const poll = fetch(polling.address, { signal: control.signal }).then((answer) => answer.text()).catch(() => {});
  await sleep(random.below(30));
  control.abort();
  await poll;
}

/** Each gets `(server, token, conversation, random)`; what it comes to is the server's matter. */
const WAYS = {
  'websocket: close frame': async ({ url, token, id }) => {
    const raw = await RawSocket.connect(NO_END, url, token);
    await raw.ask('joinConversation', id);
    raw.ws.close();
  },
  'websocket: reset': async ({ url, token, id }) => {
    const raw = await RawSocket.connect(NO_END, url, token);
    raw.send(joins(id));
    raw.ws._socket.resetAndDestroy();
  },
  'websocket: gone before the CONNECT is answered': async ({ url, token, random }) => {
    const raw = await RawSocket.open(NO_END, url);
    raw.send(`40{"token":"${token}"}`);
    await sleep(random.below(5));
    raw.ws.terminate();
  },
  'websocket: gone before the CONNECT': async ({ url }) => {
    (await RawSocket.open(NO_END, url)).ws.terminate();
  },
  'websocket: DISCONNECT, and CONNECT again': async ({ url, token, id }) => {
    const raw = await RawSocket.connect(NO_END, url, token);
    raw.send(joins(id));
    raw.send('41');
    raw.send(`40{"token":"${token}"}`);
    await raw.closed();
  },
  'websocket: close packet': async ({ url, token }) => {
    const raw = await RawSocket.connect(NO_END, url, token);
    raw.send('1');
    await raw.closed();
  },
  'websocket: CONNECT many times, and to other namespaces': async ({ url, token, id, random }) => {
    const raw = await RawSocket.open(NO_END, url);
    for (let n = 0; n < 5; n++) raw.send(random.chance(0.5) ? `40{"token":"${token}"}` : `40/other${n},`);
    raw.send(`40{"token":"${token}"}`);
    await raw.packet('the answer', (packet) => packet.startsWith('40{'));
    raw.send(joins(id));
    raw.ws.terminate();
  },
  'websocket: refused': async ({ url }) => {
    const raw = await RawSocket.open(NO_END, url);
    assert.match(await raw.enter({ token: 'nobody' }), /unauthorized/);
    raw.ws.terminate();
  },
  'polling: close packet': async ({ url, token, id }) => {
    const polling = await Polling.connect(url, token);
    await polling.ask('joinConversation', id);
    await polling.post('1');
  },
  'polling: polls broken off': async ({ url, token, id, random }) => {
    const polling = await Polling.connect(url, token);
    await polling.ask('joinConversation', id);
    await brokenOff(polling, random);
    await polling.poll();
  },
  'polling: never heard of again': async ({ url, token, id }) => {
    const polling = await Polling.connect(url, token);
    await polling.post(joins(id));
  },
  'polling: two polls at a time': async ({ url, token }) => {
    const polling = await Polling.connect(url, token);
    await Promise.all([request(polling.address), request(polling.address)]);
  },
  'polling: no CONNECT': async ({ url }) => {
    const polling = await Polling.open(url);
    await polling.post('1');
  },
  'upgrade: done, then closed': async ({ url, token, id }) => {
    const polling = await Polling.connect(url, token);
    const poll = request(polling.address);
    const raw = await second(polling);
    raw.send('2probe');
    await raw.packet('the answer to the probe', (packet) => packet === '3probe');
    await poll;
    raw.send('5');
    await raw.ask('joinConversation', id);
    raw.ws.close();
  },
  'upgrade: two at a time': async ({ url, token }) => {
    const polling = await Polling.connect(url, token);
    const opened = (await Promise.allSettled([second(polling), second(polling)])).filter(({ status }) => status === 'fulfilled');
    assert.equal(opened.length, 1, 'one websocket per session');
    opened[0].value.send('2probe');
    await opened[0].value.packet('the answer to the probe', (packet) => packet === '3probe');
    opened[0].value.send('5');
    opened[0].value.send('1');
    await opened[0].value.closed();
  },
  'upgrade: broken off at some moment': async ({ url, token, random }) => {
    const polling = await Polling.connect(url, token);
    const poll = random.chance(0.5) && request(polling.address);
    const raw = await second(polling);
    if (random.chance(0.7)) raw.send('2probe');
    if (random.chance(0.3)) raw.send('5');
    await sleep(random.below(10));
    raw.ws.terminate();
    await poll;
  },
  'upgrade: and a close packet by POST': async ({ url, token, random }) => {
    const polling = await Polling.connect(url, token);
    const upgrade = second(polling).then((raw) => {
      raw.send('2probe');
      raw.send('5');
      return raw;
    }, () => null);
    await sleep(random.below(5));
    await polling.post('1');
    (await upgrade)?.ws.terminate();
  },
  'upgrade: probe, then nothing': async ({ url, token, random }) => {
    const polling = await Polling.connect(url, token);
    const raw = await second(polling);
    raw.send('2probe');
    // Some are left to the server, which takes its time.
    if (!LONG || random.chance(0.8)) raw.ws.terminate();
  },
};

async function churn(neighbours, connections, random) {
  const { server: { url }, eve: { token }, id } = neighbours;
  const ways = Object.entries(WAYS);
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < connections; n = next++) {
      // Each has its own numbers, so that the order in which they end changes nothing.
      const own = new Random(random.below(2 ** 31));
      const [name, way] = ways[n % ways.length];
      await way({ url, token, id, random: own }).catch((error) => {
        throw new Error(`${name} (number ${n}, seed ${SEED}): ${error.message}`, { cause: error });
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

scenario(`${CONNECTIONS} connections come and go, seed ${SEED}`, async (things, t) => {
  const neighbours = await Neighbours.start(things, { socket: { ping_interval_seconds: 2, ping_timeout_seconds: 4 } });
  const random = new Random(SEED);
  await neighbours.chatDuring(async () => {
    const residue = await Residue.of(neighbours.metrics, neighbours.server);
    await churn(neighbours, WARM_UP, random);
    await residue.warm();
    const since = performance.now();
    await churn(neighbours, CONNECTIONS, random);
    const seconds = (performance.now() - since) / 1000;
    const after = await residue.gone({ mebibytes: 25, tasks: LONG ? 0 : CONNECTIONS * UNCONNECTED });
    t.diagnostic(`${Math.round(CONNECTIONS / seconds)}/s; before ${JSON.stringify(residue.before)}, after ${JSON.stringify(after)}`);
  });
  t.diagnostic(neighbours.figures);
  await neighbours.unharmed();
});
