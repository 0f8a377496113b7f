// A thousand connections that begin and do not go on, in every stage there is: each is let go of in
// bounded time, the server serves others meanwhile, and afterwards nothing is left.

import assert from 'node:assert/strict';
import net from 'node:net';

import { request } from './harness/http.mjs';
import { Neighbours } from './harness/neighbours.mjs';
import { Residue } from './harness/residue.mjs';
import { scenario } from './harness/scenario.mjs';
import { NET_MS, sleep, together, until, within } from './harness/wait.mjs';

const CONNECTIONS = 1_000;
/** Beyond the longest limit, which is the one for a CONNECT; 20,000 is what an idle machine keeps. */
const LET_GO_WITHIN_MS = Number(process.env.WITHIN_MS ?? NET_MS);

const head = (line, more = []) => [line, 'Host: a', ...more, '', ''].join('\r\n');
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
const WEBSOCKET = head('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', UPGRADE);
const SLOW = head('GET /socket.io/?EIO=4&transport=polling HTTP/1.1', ['X-Slow: '.padEnd(500, 'x')]);
const CUT_FRAME = Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 5]);

/** What each sends at first, and one byte at a time after it. */
const STAGES = {
  'nothing': {},
  'half a request line': { first: 'GET /socket.io/?EIO=4&tra' },
  'half of the headers': { first: 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nUpgr' },
  'a byte now and then': { slowly: SLOW },
  'a websocket without a CONNECT': { first: WEBSOCKET },
  'a websocket with half a frame': { first: Buffer.concat([Buffer.from(WEBSOCKET), CUT_FRAME]) },
  'a websocket with a byte of a frame now and then': { first: WEBSOCKET, slowly: Buffer.concat([Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4]), Buffer.alloc(300, 5)]).toString('latin1') },
  'polling without a CONNECT': { first: head('GET /socket.io/?EIO=4&transport=polling HTTP/1.1') },
  'a POST without its body': { post: true },
  'an upgrade without its probe': { upgrade: true },
};

class HalfOpen {
  constructor(name, port) {
    Object.assign(this, { name, port, stage: STAGES[name] });
  }

  async begin(url) {
    let { first, slowly } = this.stage;
    if (this.stage.post || this.stage.upgrade) {
      const { text } = await request(`${url}/socket.io/?EIO=4&transport=polling`);
      const { sid } = JSON.parse(text.slice(1));
      first = this.stage.post
        ? head(`POST /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1`, ['Content-Length: 100']) + '42["'
        : head(`GET /socket.io/?EIO=4&transport=websocket&sid=${sid} HTTP/1.1`, UPGRADE);
    }
    this.socket = net.connect(this.port, '127.0.0.1');
    this.closed = new Promise((resolve) => { this.socket.once('close', resolve); });
    this.closed.then(() => { this.isClosed = true; });
    this.socket.on('error', () => {});
    this.socket.resume();
    await within('a connection', new Promise((resolve) => { this.socket.once('connect', resolve); }));
    if (first) this.socket.write(first);
    if (slowly) this.#drip(slowly);
  }

  async #drip(text) {
    for (const byte of text) {
      if (this.isClosed) return;
      this.socket.write(Buffer.from(byte, 'latin1'));
      await sleep(200);
    }
  }
}

scenario(`${CONNECTIONS} half-open connections are let go of, and others are served meanwhile`, async (things, t) => {
  // The longest limit is that for the body of a request, 30 s; here it is like the others.
  const neighbours = await Neighbours.start(things, { http: { request_timeout_seconds: 10 } });
  const { server } = neighbours;
  await neighbours.chatDuring(() => sleep(300));
  const residue = await Residue.of(neighbours.metrics, server);
  const names = Object.keys(STAGES);
  const all = Array.from({ length: CONNECTIONS }, (_, n) => new HalfOpen(names[n % names.length], server.port));
  things.onEnd(() => all.forEach(({ socket }) => socket?.destroy()));
  const took = new Map();
  await neighbours.chatDuring(async () => {
    await together(50, all, (one) => one.begin(server.url));
    const since = performance.now();
    const standing = (await residue.now()).connections;
    assert.ok(standing > CONNECTIONS / 2, `${standing} connections stand at the same time`);
    await Promise.all(all.map((one) => one.closed.then(() => took.set(one.name, Math.max(took.get(one.name) ?? 0, performance.now() - since)))).map((ended) => (
      within('each half-open connection to be closed', ended)
    ))).catch((error) => {
      const left = new Set(all.filter(({ isClosed }) => !isClosed).map(({ name }) => name));
      throw new Error(`${error.message}; left are: ${[...left].join(' · ')}`);
    });
    const after = await residue.gone({ mebibytes: 50 });
    t.diagnostic(`before ${JSON.stringify(residue.before)}, after ${JSON.stringify(after)}`);
  });
  t.diagnostic(`closed after at most: ${[...took].map(([name, ms]) => `${name} ${Math.round(ms / 1000)} s`).join(' · ')}`);
  t.diagnostic(neighbours.figures);
  for (const [name, ms] of took) assert.ok(ms <= LET_GO_WITHIN_MS, `${name}: closed after ${ms} ms`);
  await neighbours.unharmed();
  await until('the server to be as ready as ever', async () => (await server.readiness())?.status === 200);
});
