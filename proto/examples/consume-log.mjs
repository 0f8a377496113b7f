// Follows every event of Confab and misses none: counts the messages of each conversation.
//
//   NATS_URL=nats://127.0.0.1:4222 node consume-log.mjs counts.json
//
// The file holds the result and the position up to which it was counted; both are written together, so whatever happens to this
// program, it goes on where the file says. Put your own work in `work`, and the position into the same transaction.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const STREAM = 'CONFAB_LOG';
// One name per program: operators see by it how far the program is.
const CONSUMER = process.env.CONSUMER ?? 'example-js';
const file = process.argv[2] ?? 'counts.json';

const nats = await connect({ servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222', maxReconnectAttempts: -1 });
const manager = await jetstreamManager(nats, { checkAPI: false });
let state = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { epoch: null, position: 0, counts: {} };

for (;;) {
  try {
    await follow();
  } catch (error) {
    console.error(`${error.message}; trying again`);
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** Until something is not as expected. */
async function follow() {
  const { config, created, state: stream } = await manager.streams.info(STREAM);
  const epoch = config.description.split(' ').at(-1);
  if (state.epoch !== epoch) {
    if (state.epoch) console.error(`the log of ${state.epoch} ended, ${epoch} begins: counting anew`);
    state = { epoch, position: 0, counts: {} };
  }
  if (stream.first_seq > state.position + 1) {
    throw new Error(`the stream begins at ${stream.first_seq}, after ${state.position}: what is between is in the database only`);
  }
  // The file says where to go on, not the consumer that an earlier run left behind.
  await manager.consumers.delete(STREAM, CONSUMER).catch(() => {});
  await manager.consumers.add(STREAM, {
    durable_name: CONSUMER,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: state.position + 1,
    ack_policy: AckPolicy.All,
  });
  const consumer = await jetstream(nats, { checkAPI: false }).consumers.get(STREAM, CONSUMER);
  for (;;) {
    let last = null;
    for await (const message of await consumer.fetch({ max_messages: 200, expires: 1000 })) {
      if (take(message)) last = message;
    }
    if (last) {
      save();
      last.ack();
    } else {
      // Silence: is the stream still the one we follow?
      const now = await manager.streams.info(STREAM);
      if (now.created !== created) throw new Error('the stream was made anew');
      await consumer.info();
    }
  }
}

/** False for one that was taken before. */
function take(message) {
  if (message.seq <= state.position) return false;
  // The proof that nothing is missing: the sequence is the position, and positions have no gaps.
  if (message.seq !== state.position + 1) throw new Error(`position ${message.seq} came after ${state.position}`);
  if (message.headers.get('Confab-Epoch') !== state.epoch) throw new Error('the epoch changed');
  work(message.json());
  state.position = message.seq;
  return true;
}

function work(event) {
  if (event.type === 'message.posted') state.counts[event.conversationId] = (state.counts[event.conversationId] ?? 0) + 1;
}

/** Whole or not at all, also when the power goes. */
function save() {
  const handle = openSync(`${file}.new`, 'w');
  writeSync(handle, JSON.stringify(state));
  fsyncSync(handle);
  closeSync(handle);
  renameSync(`${file}.new`, file);
}
