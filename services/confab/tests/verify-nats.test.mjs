// `confab verify` and CONFAB_LOG: it agrees while a relay copies and people write; whatever stands in the stream that is not
// the log's is found by its name; what has aged out at its front is no difference.

import assert from 'node:assert/strict';

import { headers as newHeaders } from '@nats-io/transport-node';

import { confab, merge } from './harness/confab.mjs';
import { Fleet } from './harness/fleet.mjs';
import { signUpMany } from './harness/http.mjs';
import { LogStream } from './harness/log-stream.mjs';
import { NatsServer } from './harness/nats.mjs';
import { scenario, table } from './harness/scenario.mjs';

const NAME = 'CONFAB_LOG';
const OTHER_EPOCH = '00000000000000ff';

/** What an intruder or a broken disk does to a stream of `n` messages; `finds` says how often which check finds it. */
const DAMAGES = [
  { name: 'a hole, another body, subject, header, a foreign message and no end', finds: { 'log-stream-hole': 1, 'log-stream-body': 2, 'log-stream-subject': 1, 'log-stream-headers': 2, 'log-stream-behind': 1 },
    change: (messages) => {
      messages[4].gone = true;
      messages[6].body = messages[6].body.replace('"seq":', '"seq": ');
      messages[8].subject = messages[9].subject.replace(/[^.]+$/, 'elsewhere');
      messages[10].headers.set('Confab-Seq', '99');
      messages[12].headers = undefined;
      messages[12].body = 'hello';
      messages.length -= 2;
    } },
  { name: 'of another epoch', finds: { 'log-stream-epoch': 1 }, change: () => {}, epoch: OTHER_EPOCH },
  { name: 'messages of another epoch in it', finds: { 'log-stream-headers': 2 },
    change: (messages) => messages.slice(3, 5).forEach(({ headers }) => headers.set('Confab-Epoch', OTHER_EPOCH)) },
  { name: 'more than the log has', finds: { 'log-stream-ahead': 1 }, change: (messages) => messages.push({ ...messages[3] }) },
  { name: 'no stream', finds: { 'log-stream-missing': 1 }, change: null },
];

/** All messages, their headers and bodies to be changed. */
async function contents(stream) {
  const { config, state } = await stream.manager.streams.info(NAME);
  const messages = [];
  for (let seq = 1; seq <= state.last_seq; seq++) {
    const { subject, header, data } = await stream.manager.streams.getMessage(NAME, { seq });
    messages.push({ subject, headers: header, body: new TextDecoder().decode(data) });
  }
  return { config, messages };
}

/** A stream that says of itself the same and holds these. */
async function write(stream, { config, messages }, epoch) {
  const description = epoch ? config.description.replace(/\S+$/, epoch) : config.description;
  const { subjects, storage, retention, discard } = config;
  await stream.manager.streams.add({ name: NAME, subjects, storage, retention, discard, description });
  for (const { subject, headers, body } of messages) await stream.js.publish(subject, body, { headers });
  for (const [index, { gone }] of messages.entries()) if (gone) await stream.manager.streams.deleteMessage(NAME, index + 1);
}

scenario('CONFAB_LOG is compared with the log, message by message', async (things, t) => {
  const fleet = await Fleet.start(things, { apis: 1, gateways: 0 });
  const [ann, ben] = await signUpMany(fleet.apiUrls, ['ann', 'ben']);
  const { id } = await ann.createGroup('all', [ben.id]);
  let running = true;
  const talk = [ann, ben].map(async (person, at) => {
    while (running) await person.send(id, 'on and on', { at });
  });
  const stream = await LogStream.open(things, fleet);
  await stream.caughtUp();
  const verify = (settings, ...args) => confab(['verify', '--json', '--nats', ...args], settings);
  for (let round = 0; round < 4; round++) {
    const child = await verify(fleet.settings);
    assert.equal(child.code, 0, child.stdout + child.stderr);
    const { position, looked_at: { log_stream: compared } } = JSON.parse(child.stdout);
    assert.deepEqual(compared, [1, position]);
  }
  running = false;
  await Promise.all(talk);

  await stream.holdsLog();
  // Nobody mends what follows.
  await fleet.apis[0].stop();
  const whole = await contents(stream);
  const limits = await stream.manager.streams.info(NAME);
  // All at once: the first thing a stream that lacks something gets is time.
  const nowhere = merge(fleet.settings, { nats: { url: 'nats://127.0.0.1:9' } });
  const away = verify(nowhere);
  const damaged = await Promise.all(DAMAGES.map(async (damage) => {
    const nats = await NatsServer.create(things);
    const copy = await LogStream.open(things, { nats, database: fleet.database });
    const messages = whole.messages.map((message) => ({ ...message, headers: cloned(message.headers) }));
    damage.change?.(messages);
    if (damage.change) await write(copy, { ...whole, messages }, damage.epoch);
    const child = await verify(merge(fleet.settings, { nats: { url: nats.url } }));
    return { ...damage, child };
  }));
  await table(t, damaged, async ({ finds, child }) => {
    const report = JSON.parse(child.stdout);
    assert.deepEqual([child.code, report.counts], [1, finds], JSON.stringify(report.differences));
  });

  await stream.manager.streams.purge(NAME, { seq: 20 });
  const aged = JSON.parse((await verify(fleet.settings)).stdout);
  assert.deepEqual([aged.agrees, aged.looked_at.log_stream], [true, [20, aged.position]]);
  assert.match(aged.notes[0], /begins at 20: what stood before it has aged out/);
  assert.deepEqual((await stream.manager.streams.info(NAME)).config, limits.config, 'who looks changes nothing');

  const { code, stderr } = await away;
  assert.deepEqual([code, /cannot look at CONFAB_LOG/.test(stderr)], [3, true], stderr);
  const without = await confab(['verify', '--no-nats'], nowhere);
  assert.equal(without.code, 0, without.stderr);
});

function cloned(headers) {
  const copy = newHeaders();
  // Without the condition on which the relay sent it.
  for (const key of headers.keys().filter((name) => name.startsWith('Confab-'))) copy.set(key, headers.get(key));
  return copy;
}
