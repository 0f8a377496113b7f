// What rights under fire rests on: the proxy hurts what it should and nothing else, and an ear complains of what it should.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Ear } from './ear.mjs';
import { NatsLine } from './nats-line.mjs';
import { Frames, NatsProxy } from './nats-proxy.mjs';
import { NatsServer } from './nats.mjs';
import { Random } from './random.mjs';
import { scenario } from './scenario.mjs';

test('frames are whole however the bytes come', () => {
  const sent = ['INFO {"a":1}\r\n', 'PING\r\n', 'MSG confab.live.x 1 5\r\nab\r\nc\r\n', 'HMSG confab.live.y 2 inbox 12 14\r\nNATS/1.0\r\n\r\nhi\r\n', '+OK\r\n'];
  const bytes = Buffer.from(sent.join(''));
  for (let size = 1; size < bytes.length; size++) {
    const [frames, got] = [new Frames(), []];
    for (let at = 0; at < bytes.length; at += size) got.push(...frames.take(bytes.subarray(at, at + size)));
    assert.deepEqual(got.map((frame) => frame.bytes.toString()), sent);
    assert.deepEqual(got.map((frame) => frame.subject), [null, null, 'confab.live.x', 'confab.live.y', null]);
  }
});

scenario('the proxy loses and repeats live messages and lets all others through', async (things) => {
  const nats = await NatsServer.create(things);
  const proxy = await NatsProxy.create(things, nats, new Random(1), { loss: 1 });
  const line = await NatsLine.open(things, proxy.url);
  for (const subject of ['confab.live.x', 'confab.other']) assert.deepEqual(await line.subscribe(subject), []);
  await line.publish('confab.live.x', 'lost');
  await line.publish('confab.other', 'first');
  assert.deepEqual([await line.message(), proxy.lost], ['first', 1]);
  proxy.faults = { repeat: 1, delayMs: 50 };
  await line.publish('confab.live.x', 'twice');
  assert.deepEqual([await line.message(), await line.message(), proxy.repeated], ['twice', 'twice', 1]);
});

/** An ear whose socket is a list of answers, and what it complained of. */
function ear(...answers) {
  const complaints = [];
  const socket = {
    onAny: (heard) => { socket.hears = heard; },
    emit: (...args) => args.at(-1)(answers.shift()),
  };
  const told = { ended: false };
  const made = new Ear({ socket, conversationId: 'c', userId: 'u', told, place: 'here', complain: (text) => complaints.push(text) });
  const hear = (seq, type = 'message.posted', data = {}) => socket.hears(type, { conversationId: 'c', seq, position: seq + 100, type, data });
  const signal = (type, seq) => socket.hears(type, { conversationId: 'c', userId: 'v', seq });
  return { ear: made, told, hear, signal, complaints };
}

const ok = (seq, events = [], more = false) => ({ ok: true, seq, epoch: 'e', more, events: events.map((one) => ({ seq: one })) });

test('an ear is content with what is right', async () => {
  const { ear: one, hear, signal, complaints, told } = ear(ok(2, [1, 2], true), ok(3, [3]), { ok: false, code: 'not_found' });
  assert.equal((await one.follow(0)).seq, 3);
  hear(4);
  signal('read.moved', 2);
  hear(5, 'member.removed', { userId: 'u' });
  assert.deepEqual([told.ended, one.highest, complaints], [true, 5, []]);
  await one.join();
  assert.deepEqual([one.refusals, complaints], [1, []]);
});

test('an ear complains of everything that is wrong', async () => {
  const wrong = {
    'a hole': async ({ ear: one, hear }) => { await one.follow(0); hear(3); },
    'a repeat': async ({ ear: one, hear }) => { await one.follow(0); hear(1); },
    'something without a join': async ({ hear }) => hear(1),
    'something behind the end': async ({ ear: one, hear }) => {
      await one.follow(0);
      hear(2, 'conversation.visibility_changed', { visibility: 'private' });
      hear(3);
    },
    'a yes behind the end': async ({ ear: one, told }) => {
      told.ended = true;
      await one.follow(0);
    },
    'a page with a hole': async ({ ear: one }) => one.follow(-1),
    'a bare join with a page': async ({ ear: one }) => one.join(),
  };
  for (const [what, does] of Object.entries(wrong)) {
    const scene = ear(ok(1, [1]), ok(1, [1]));
    await does(scene);
    assert.equal(scene.complaints.length > 0, true, what);
  }
});
