// The rules of Engine.IO v4 and Socket.IO v5, one test per rule as the official test suites list them,
// on both transports. A rule that begins with "differs" is one in which Confab departs from them on
// purpose, and says why.

import assert from 'node:assert/strict';

import { WebSocket } from 'ws';

import { Confab } from './harness/confab.mjs';
import { ROOMY } from './harness/fleet.mjs';
import { Person, request } from './harness/http.mjs';
import { Line } from './harness/line.mjs';
import { Polling } from './harness/polling.mjs';
import { RawSocket } from './harness/raw.mjs';
import { scenario, table } from './harness/scenario.mjs';
import { TRANSPORTS } from './harness/stock.mjs';
import { sleep, until, within } from './harness/wait.mjs';

const path = (query) => `/socket.io/?${query}`;

/** What a websocket handshake comes to: its status, 101 if it opens. */
function handshake(things, url, query, headers = {}) {
  const socket = new WebSocket(url.replace('http', 'ws') + path(query), { headers });
  things.onEnd(() => socket.terminate());
  return within('an answer to the handshake', new Promise((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('error', () => {});
  }));
}

async function world(things, settings = {}) {
  const server = await Confab.start(things, { settings: { ...ROOMY, ...settings } });
  return { server, url: server.url, ann: await Person.signUp([server.url], 'ann') };
}

const rules = (t, list) => table(t, Object.entries(list).map(([name, check]) => ({ name, check })), ({ check }) => check());

scenario('Engine.IO: handshake', async (things, t) => {
  const { url } = await world(things);
  const get = (query, options) => request(url + path(query), options);
  const opened = { pingInterval: 10_000, pingTimeout: 8_000 };
  await rules(t, {
    'a session opens over polling': async () => {
      const answer = await get('EIO=4&transport=polling');
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type'), /^text\/plain; charset=UTF-8$/i);
      const { sid, ...rest } = JSON.parse(answer.text.slice(1));
      assert.equal(answer.text[0], '0');
      assert.equal(typeof sid, 'string');
      assert.deepEqual(rest, { ...opened, upgrades: ['websocket'], maxPayload: 65_536 });
    },
    'a session opens over websocket': async () => {
      const { handshake: { sid, maxPayload, ...rest } } = await Line.open(things, url, 'websocket');
      assert.equal(typeof sid, 'string');
      // Means nothing here: a client holds only what it posts to it.
      assert.equal(typeof maxPayload, 'number');
      assert.deepEqual(rest, { ...opened, upgrades: [] });
    },
    'EIO is 4, anything else is refused': async () => {
      for (const eio of ['', 'EIO=&', 'EIO=abc&', 'EIO=3&', 'EIO=5&', 'EIO=44&']) {
        assert.equal((await get(`${eio}transport=polling`)).status, 400, eio);
        assert.equal(await handshake(things, url, `${eio}transport=websocket`), 400, eio);
      }
    },
    'an unknown transport is refused': async () => {
      for (const transport of ['', '&transport=', '&transport=abc', '&transport=constructor', '&transport=webtransport']) {
        assert.equal((await get(`EIO=4${transport}`)).status, 400, transport);
        assert.equal(await handshake(things, url, `EIO=4${transport}`), 400, transport);
      }
    },
    'a session opens by GET only': async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        assert.equal((await get('EIO=4&transport=polling', { method })).status, 400, method);
      }
    },
    'a websocket handshake without an upgrade is refused': async () => {
      assert.equal((await get('EIO=4&transport=websocket')).status, 400);
    },
    'an unknown session is refused': async () => {
      for (const sid of ['', 'abc', 'AAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAHs', '%00', 'x'.repeat(5000)]) {
        const query = `EIO=4&transport=polling&sid=${sid}`;
        for (const method of ['GET', 'POST']) assert.equal((await get(query, { method })).status, 400, `${method} ${sid}`);
        const status = await handshake(things, url, `EIO=4&transport=websocket&sid=${sid}`);
        assert.ok([400, 101].includes(status), `${status} for ${sid}`);
      }
    },
  });
});

scenario('Engine.IO: messages over polling', async (things, t) => {
  const { url, ann } = await world(things);
  const open = () => Polling.open(url);
  const enter = () => Polling.connect(url, ann.token);
  const gone = async (polling) => assert.equal((await polling.poll()).status, 400);
  await rules(t, {
    'a payload of one packet is answered ok': async () => {
      const answer = await (await enter()).post('42["a"]');
      assert.deepEqual([answer.status, answer.text], [200, 'ok']);
    },
    'packets of a payload are separated by \\x1e, in both directions, and keep their order': async () => {
      const polling = await enter();
      assert.equal((await polling.post('421["a"]\x1e422["b"]\x1e3\x1e423["c"]')).status, 200);
      await polling.packet('the last ack', (packet) => packet.startsWith('433['));
      assert.deepEqual(polling.packets.filter((packet) => packet !== '2').map((packet) => packet.slice(0, 3)), ['431', '432']);
      const { text } = await request(polling.address, { method: 'POST', body: '424["a"]\x1e425["b"]' }).then(() => request(polling.address));
      assert.match(text, /^434\[.*\]\x1e435\[.*\]$/);
    },
    'binary is base64 after b': async () => {
      const polling = await enter();
      await polling.post('451-6["a",{"_placeholder":true,"num":0}]\x1ebAQIDBA==');
      assert.match(await polling.packet('the answer', (packet) => packet.startsWith('436')), /binary_refused/);
    },
    'an invalid packet closes the session': async () => {
      for (const body of ['abc', '9', 'b*', '4\x1e4', '42["a"]\x1eabc', '\x1e', '\u00e9', '\ud83d\ude00']) {
        const polling = await open();
        assert.equal((await polling.post(body)).status, 400, JSON.stringify(body));
        await gone(polling);
      }
    },
    'bytes that are no UTF-8 close the session': async () => {
      const polling = await open();
      assert.equal((await polling.post(Buffer.from([0x34, 0x32, 0xff, 0xfe]))).status, 400);
      await gone(polling);
    },
    'a packet that only servers send, or that has no place here, closes the session': async () => {
      for (const body of ['0', '0{"sid":"x"}', '2probe', '3probe', '5', '6']) {
        const polling = await open();
        assert.equal((await polling.post(body)).status, 400, body);
        await gone(polling);
      }
    },
    'two polls at a time close the session': async () => {
      const polling = await enter();
      await polling.post('421["a"]');
      await polling.packet('the ack', (packet) => packet.startsWith('431'));
      const polls = await Promise.all([polling.poll(), polling.poll()]);
      assert.deepEqual(polls.map(({ status }) => status).sort(), [200, 400]);
      await gone(polling);
    },
    'a payload above maxPayload is refused': async () => {
      const polling = await enter();
      const answer = await polling.post(`42["${'a'.repeat(65_536)}"]`);
      assert.ok([400, 413].includes(answer.status), `${answer.status}`);
      await gone(polling);
    },
    'differs: an empty payload is answered ok, since it says nothing': async () => {
      const polling = await enter();
      assert.equal((await polling.post('')).status, 200);
      await new Line(polling, 'polling').lives();
    },
    'other methods are refused and change nothing': async () => {
      const polling = await enter();
      for (const method of ['PUT', 'DELETE', 'PATCH']) {
        assert.equal((await request(polling.address, { method, body: '1' })).status, 400, method);
      }
      await new Line(polling, 'polling').lives();
    },
  });
});

scenario('Engine.IO: messages over websocket', async (things, t) => {
  const { url, ann } = await world(things);
  await rules(t, {
    'an invalid packet closes the session': async () => {
      for (const packet of ['abc', '', '9', '0', '2probe', '3probe', '5', '6', '0{"sid":"x"}', '\u00e9', 'bAQID']) {
        const raw = await RawSocket.open(things, url);
        raw.send(packet);
        await raw.closed();
      }
    },
    'bytes without a packet that announces them close the session': async () => {
      const raw = await RawSocket.connect(things, url, ann.token);
      raw.send(Buffer.from([1, 2, 3, 4]));
      await raw.closed();
    },
    'a message above the limit closes the session': async () => {
      const raw = await RawSocket.connect(things, url, ann.token);
      raw.send(`42["${'a'.repeat(65_536)}"]`);
      await raw.closed();
    },
    'a message in several frames is one message': async () => {
      const raw = await RawSocket.connect(things, url, ann.token);
      raw.ws.send('429', { fin: false });
      raw.ws.send('["a', { fin: false });
      raw.ws.send('"]', { fin: true });
      assert.match(await raw.packet('the answer', (packet) => packet.startsWith('439')), /unknown_event/);
    },
  });
});

scenario('Engine.IO: heartbeat and close', async (things, t) => {
  const { url, ann } = await world(things, { socket: { ping_interval_seconds: 1, ping_timeout_seconds: 1 } });
  await rules(t, Object.fromEntries(TRANSPORTS.flatMap((transport) => [
    [`pings that are answered keep a session (${transport})`, async () => {
      const line = await Line.connect(things, url, ann.token, transport);
      line.end.answersPings = false;
      for (let n = 0; n < 3; n++) {
        await heard(line);
        await line.send('3');
      }
      await line.lives();
    }],
    [`a ping that is not answered closes the session (${transport})`, async () => {
      const lines = [await Line.open(things, url, transport), await Line.connect(things, url, ann.token, transport)];
      await Promise.all(lines.map((line) => {
        line.end.answersPings = false;
        return line.isPolling ? until('the end', async () => (await request(line.end.address)).status === 400) : line.closed();
      }));
    }],
    [`a close packet closes the session (${transport})`, async () => {
      for (const begin of [() => Line.open(things, url, transport), () => Line.connect(things, url, ann.token, transport)]) {
        await until('a poll that waits to be answered 200', async () => {
          const line = await begin();
          const waiting = line.isPolling && request(line.end.address);
          // The close packet goes over another connection and may overtake the poll, which then finds nothing: once more.
          if (waiting) await sleep(50);
          await line.send('1');
          const status = waiting && (await waiting).status;
          await line.closed();
          if (waiting) assert.ok([200, 400].includes(status), `${status}`);
          return !waiting || status === 200;
        });
      }
    }],
  ])));
});

/** Waits for a ping without answering it. */
async function heard(line) {
  if (!line.isPolling) return void await line.packet('a ping', (packet) => packet === '2');
  await until('a ping', async () => {
    const answer = await request(line.end.address);
    assert.equal(answer.status, 200);
    return answer.text.split('\x1e').includes('2');
  });
}

/** A session over polling, and its websocket that has probed. */
async function probed(things, url, token) {
  const polling = await Polling.connect(url, token);
  const ws = new WebSocket(polling.address.replace('http', 'ws').replace('polling', 'websocket'));
  things.onEnd(() => ws.terminate());
  const raw = new RawSocket(ws);
  await within('the websocket to open', raw.opened);
  raw.send('2probe');
  assert.equal(await raw.packet('the answer to the probe', () => true), '3probe');
  return { polling, raw };
}

scenario('Engine.IO: upgrade', async (things, t) => {
  const { url, ann } = await world(things);
  const again = (polling) => handshake(things, url, polling.address.split('?')[1].replace('polling', 'websocket'));
  await rules(t, {
    'goes by a probe, a noop to end the poll, and 5': async () => {
      const { polling, raw } = await probed(things, url, ann.token);
      const poll = await request(polling.address);
      assert.deepEqual([poll.status, poll.text], [200, '6']);
      raw.send('5');
      raw.send('421["a"]');
      assert.match(await raw.packet('an answer', (packet) => packet.startsWith('431')), /unknown_event/);
    },
    'a poll that waits is ended by a noop': async () => {
      const polling = await Polling.connect(url, ann.token);
      await polling.post('421["a"]');
      await polling.packet('the ack', (packet) => packet.startsWith('431'));
      const waiting = request(polling.address);
      const ws = new WebSocket(polling.address.replace('http', 'ws').replace('polling', 'websocket'));
      things.onEnd(() => ws.terminate());
      assert.equal((await waiting).text, '6');
    },
    'what waits for the client comes over the websocket': async () => {
      const { polling, raw } = await probed(things, url, ann.token);
      await polling.post('421["a"]\x1e422["b"]');
      raw.send('5');
      for (const id of [1, 2]) await raw.packet(`ack ${id}`, (packet) => packet.startsWith(`43${id}[`));
    },
    'HTTP with this sid is refused after it': async () => {
      const { polling, raw } = await probed(things, url, ann.token);
      raw.send('5');
      await until('polls to be refused', async () => (await request(polling.address)).status === 400);
      assert.equal((await polling.post('42["a"]')).status, 400);
      await new Line(raw, 'websocket').lives();
    },
    'a second websocket with this sid is refused, and the first goes on': async () => {
      const { polling, raw } = await probed(things, url, ann.token);
      assert.equal(await again(polling), 400);
      raw.send('5');
      assert.equal(await again(polling), 400);
      await new Line(raw, 'websocket').lives();
    },
    'anything else than the probe closes the session': async () => {
      for (const packet of ['5', '2', '40', 'abc', '1', Buffer.from('2probe')]) {
        const polling = await Polling.connect(url, ann.token);
        const ws = new WebSocket(polling.address.replace('http', 'ws').replace('polling', 'websocket'));
        things.onEnd(() => ws.terminate());
        const raw = new RawSocket(ws);
        await within('the websocket to open', raw.opened);
        raw.send(packet);
        await raw.closed();
        assert.equal(await polling.closed(), 400, `after ${packet}`);
      }
    },
    'a websocket that ends before 5 closes the session': async () => {
      const { polling, raw } = await probed(things, url, ann.token);
      raw.ws.close();
      assert.equal(await polling.closed(), 400);
    },
  });
});

