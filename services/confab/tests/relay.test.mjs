// CONFAB_LOG: every event once, stream sequence = position, whatever happens to the relay, to NATS and to the store.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';

import { Confab } from './harness/confab.mjs';
import { Fleet, ROOMY } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { LogStream, leader } from './harness/log-stream.mjs';
import { metrics } from './harness/metrics.mjs';
import { NatsServer } from './harness/nats.mjs';
import { freePort } from './harness/ports.mjs';
import { scenario } from './harness/scenario.mjs';
import { sleep, until } from './harness/wait.mjs';

const LANES = 8;

/** Two people in a group, and a fleet of two APIs, with a stream that has caught up. */
async function begin(things, options = {}) {
  const fleet = await Fleet.start(things, { apis: 2, gateways: 0, ...options });
  const people = await signUpMany(fleet.apiUrls, ['ada', 'bob']);
  const group = await people[0].createGroup('log', [people[1].id]);
  const stream = await LogStream.open(things, fleet);
  const scene = { fleet, people, group, stream, sent: 0 };
  await send(scene, 20);
  await stream.holdsLog();
  return scene;
}

/** Messages through all replicas at once; `midway` runs among them. */
async function send(scene, count, midway = async () => {}) {
  const end = scene.sent + count;
  const middle = scene.sent + count / 3;
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    while (scene.sent < end) {
      const n = scene.sent++;
      await scene.people[n % 2].send(scene.group.id, `message ${n} | "é" \\`, { at: lane, timeout: 3000 });
    }
  });
  await Promise.all([...lanes, until('a third of the messages', () => scene.sent >= middle, { every: 2 }).then(midway)]);
}

scenario('read from its start it holds every event once, also when the leader is killed under load', async (things, t) => {
  const scene = await begin(things);
  for (let round = 0; round < 2; round++) {
    const first = await leader(scene.fleet);
    const other = scene.fleet.apis.find((api) => api !== first);
    await send(scene, 900, async () => {
      await first.kill();
      const killed = Date.now();
      await leader({ apis: [other] });
      t.diagnostic(`another relays ${Date.now() - killed} ms after the kill`);
    });
    assert.equal(await leader(scene.fleet), other);
    await scene.stream.holdsLog();
    await first.start();
  }
  await scene.stream.holdsLog();
});

scenario('a leader that is stopped gives way at once', async (things, t) => {
  const scene = await begin(things);
  const first = await leader(scene.fleet);
  const stopping = Date.now();
  assert.deepEqual(await first.stop(), { code: 0, signal: null });
  await leader({ apis: scene.fleet.apis.filter((api) => api !== first) });
  t.diagnostic(`another leads ${Date.now() - stopping} ms after SIGTERM`);
  await send(scene, 50);
  await scene.stream.holdsLog();
});

scenario('a deleted stream and a NATS without its data are filled again, with no new event', async (things) => {
  const scene = await begin(things);
  await send(scene, 300);
  await scene.stream.holdsLog();
  await scene.stream.delete();
  await scene.stream.holdsLog();
  await send(scene, 300, () => scene.stream.delete());
  await scene.stream.holdsLog();

  const { nats } = scene.fleet;
  const loseData = async () => {
    await nats.kill();
    await fs.rm(nats.folder, { recursive: true, force: true });
    await nats.start();
  };
  await loseData();
  await scene.stream.holdsLog();
  await send(scene, 300, loseData);
  await scene.stream.holdsLog();
  // Without losing it, too.
  await send(scene, 300, async () => {
    await nats.kill();
    await nats.start();
  });
  await scene.stream.holdsLog();
});

scenario('after a purge it goes on behind the last sequence, without a gap', async (things) => {
  const scene = await begin(things);
  await scene.stream.caughtUp();
  const last = await scene.stream.last();
  await scene.stream.purge();
  await send(scene, 100);
  await scene.stream.holdsLog({ from: last + 1 });
  const first = await leader(scene.fleet);
  await scene.stream.purge();
  await first.kill();
  await leader(scene.fleet);
  const end = await scene.stream.last();
  await send(scene, 100);
  const { state } = await scene.stream.info();
  assert.ok(state.first_seq <= end + 1);
  await scene.stream.holdsLog({ from: state.first_seq });
});

scenario('a paused leader that wakes beside its successor does no harm', async (things) => {
  const scene = await begin(things);
  for (let round = 0; round < 3; round++) {
    const first = await leader(scene.fleet);
    const other = scene.fleet.apis.find((api) => api !== first);
    await send(scene, 600, async () => {
      first.pause();
      await until('the other to lead', async () => (await leader({ apis: [other] })) === other);
      await sleep(300);
      first.resume();
    });
    await scene.stream.holdsLog();
  }
});

scenario('a relay of the epoch before a restore leaves nothing behind', async (things) => {
  const scene = await begin(things);
  await send(scene, 200);
  await scene.stream.caughtUp();
  const [old, head] = [await scene.stream.epoch(), await scene.stream.head()];
  const first = await leader(scene.fleet);
  first.pause();
  // The store as it was some messages ago. (Only messages are lost: the tables beside the log need no change.)
  await scene.fleet.database.query(`delete from events where position > ${head - 50}`);
  await scene.fleet.confab(['restored']);
  const other = scene.fleet.apis.find((api) => api !== first);
  await until('the other to lead', async () => (await leader({ apis: [other] })) === other);
  await scene.stream.holdsLog();
  assert.notEqual(await scene.stream.epoch(), old);
  first.resume();
  await scene.stream.holdsLog();
  // What that relay may have had in flight comes last: at the end of an idle stream …
  await scene.stream.intrude(old, (await scene.stream.head()) + 1);
  await scene.stream.holdsLog();
  // … and in front of the next events.
  await scene.stream.intrude(old, (await scene.stream.head()) + 1);
  await send(scene, 100);
  await scene.stream.holdsLog();
  const found = scene.fleet.apis.flatMap((api) => api.log().match(/is made and filled.*Foreign/g) ?? []);
  assert.ok(found.length >= 2, 'both were found');
});

scenario('a store that was put back without a word is found, also when its log has grown again', async (things) => {
  const scene = await begin(things, { apis: 1 });
  const [api] = scene.fleet.apis;
  await send(scene, 100);
  await scene.stream.caughtUp();
  const [epoch, head] = [await scene.stream.epoch(), await scene.stream.head()];
  const again = async (mode) => {
    await api.stop();
    api.settings.relay = { mode };
    await api.start();
  };
  await again('off');
  await scene.fleet.database.query(`delete from events where position > ${head - 50}`);
  await send(scene, 100);
  assert.ok((await scene.stream.head()) > head);
  await again('on');
  await until('the relay to halt', () => /CONFAB_LOG ends with another event/.test(api.log()));
  await send(scene, 50);
  assert.deepEqual([await scene.stream.epoch(), await scene.stream.last()], [epoch, head], 'nothing is touched');
  await scene.fleet.confab(['restored']);
  await scene.stream.holdsLog();
});

scenario('two fleets on one NATS are told apart from a restore, and take the stream in turns ever more slowly', async (things) => {
  const scene = await begin(things, { apis: 1 });
  const other = await Fleet.start(things, { apis: 1, gateways: 0, natsUrl: () => scene.fleet.nats.url });
  const apis = [...scene.fleet.apis, ...other.apis];
  const taken = () => apis.map((api) => (api.log().match(/is made and filled.*Epoch/g) ?? []).length);
  for (const api of apis) await until(`${api.label} to say it`, () => api.log().includes('two stores write one NATS'));
  assert.ok(Math.max(...taken()) <= 4, `taken ${taken()} times`);
  await other.apis[0].stop();
  await scene.stream.holdsLog();
});

scenario('chat goes on over a NATS that keeps no streams, and the log says so once', async (things) => {
  const fleet = await Fleet.start(things, { apis: 1, gateways: 0, natsOptions: { jetstream: false } });
  const [ada] = await signUpMany(fleet.apiUrls, ['ada']);
  const group = await ada.createGroup('log');
  for (let n = 0; n < 20; n++) assert.equal((await ada.send(group.id, `message ${n}`)).status, 201);
  await until('a warning', () => fleet.apis[0].log().includes('relay into CONFAB_LOG is held up'));
  await sleep(3000);
  assert.equal(fleet.apis[0].log().match(/is held up/g).length, 1);
  // And one day somebody turns them on.
  await fleet.nats.kill();
  fleet.nats.options = ['-js', '-sd', fleet.nats.folder];
  await fleet.nats.start();
  await (await LogStream.open(things, fleet)).holdsLog();
});

scenario('one node on SQLite relays too, once it is given a NATS', async (things) => {
  const nats = await NatsServer.create(things);
  const node = await Confab.start(things, { settings: ROOMY });
  const [ada] = await signUpMany([node.url], ['ada']);
  const group = await ada.createGroup('log');
  for (let n = 0; n < 30; n++) await ada.send(group.id, `message ${n}`);
  await node.stop();
  node.settings.nats = { url: nats.url };
  await node.start();
  const { position } = await ada.send(group.id, 'the last');
  const stream = await LogStream.open(things, { nats });
  await until('the stream to hold the last message', async () => (await stream.last()) === position);
  const messages = await stream.read();
  assert.deepEqual(messages.map(({ seq, event }) => [seq, event.position]), messages.map((_, index) => [index + 1, index + 1]));
  const { events } = await ada.log(group.id);
  assert.deepEqual(messages.map(({ event }) => event).filter((event) => event.conversationId === group.id), events);
});

scenario('a stream that begins later is for NATS 2.10 and newer', async (things) => {
  const fleet = await Fleet.start(things, { apis: 1, gateways: 0, settings: { relay: { mode: 'off' } } });
  const [ada] = await signUpMany(fleet.apiUrls, ['ada']);
  const group = await ada.createGroup('log');
  for (let n = 0; n < 20; n++) await ada.send(group.id, `message ${n}`);
  const stream = await LogStream.open(things, fleet);
  assert.equal(await stream.info(), null, 'no relay, no stream');
  const api = fleet.apis[0];
  await api.stop();
  api.settings.relay = { start_position: 10 };
  await api.start();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stream.connection.info.version);
  if (Number(major) > 2 || Number(minor) >= 10) {
    await stream.holdsLog({ from: 10 });
  } else {
    await until('a clear refusal', () => api.log().includes('relay.start_position needs NATS 2.10 or newer, this is 2.'));
    assert.equal((await ada.send(group.id, 'on')).status, 201);
  }
});

scenario('100,000 events are filled in, and the metrics tell of it', async (things, t) => {
  const port = await freePort();
  const scene = await begin(things, { apis: 1, settings: { metrics: { listen: `127.0.0.1:${port}` } } });
  const told = async (name, labels) => (await metrics(`http://127.0.0.1:${port}`)).value(`confab_relay_${name}`, labels);
  await scene.fleet.database.query(`insert into events (position, stream_id, seq, message_no, type, version, actor_id, client_id, at, data)
    select h.position + n, '${scene.group.id}', s.seq + n, s.message_no + n, 'message.posted', 1, '${scene.people[0].id}', gen_random_uuid(), s.at,
      json_build_object('body', repeat('x', 100), 'replyTo', null, 'attachments', '[]'::json)::text
    from generate_series(1, 100000) n, log_head h,
      (select seq, message_no, at from events where stream_id = '${scene.group.id}' order by seq desc limit 1) s`);
  await scene.stream.caughtUp();
  await until('no lag', async () => (await told('lag_positions')) === 0 && (await told('lag_seconds')) === 0);
  assert.deepEqual([await told('leader'), await told('halted'), await told('refills_total', { why: 'missing' })], [1, 0, 1]);
  assert.equal(await told('position'), await scene.stream.head());
  await scene.stream.delete();
  const begun = Date.now();
  await until('a lag', async () => (await told('lag_positions')) > 0 && (await told('lag_seconds')) > 0);
  await scene.stream.caughtUp();
  const took = Date.now() - begun;
  t.diagnostic(`${await scene.stream.last()} events filled in within ${took} ms: ${Math.round((await scene.stream.last()) / took * 1000)} a second`);
  await until('no lag', async () => (await told('lag_positions')) === 0);
  assert.equal(await told('refills_total', { why: 'missing' }), 2);
  await scene.stream.holdsLog();
});
