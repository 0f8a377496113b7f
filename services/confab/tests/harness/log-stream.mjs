// The stream CONFAB_LOG as a plain consumer sees it, and what the database says it should hold.

import assert from 'node:assert/strict';

import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';

import { until } from './wait.mjs';

const STREAM = 'CONFAB_LOG';
const INTERNAL = ['session.revoked', 'conversation.entered', 'conversation.exited'];
// Rows of one query: its output is kept in memory, up to a limit.
const PAGE = 1000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

export class LogStream {
  static async open(things, fleet) {
    const connection = await connect({ servers: fleet.nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    things.onEnd(() => connection.close());
    return new LogStream(fleet.database, connection, await jetstreamManager(connection, { checkAPI: false }));
  }

  constructor(database, connection, manager) {
    Object.assign(this, { database, connection, manager, js: jetstream(connection, { checkAPI: false }) });
  }

  /** What the stream says of itself; null while there is none or nobody answers. */
  async info() {
    try {
      return await this.manager.streams.info(STREAM);
    } catch {
      return null;
    }
  }

  async last() {
    return (await this.info())?.state.last_seq ?? 0;
  }

  async epoch() {
    return (await this.info())?.config.description.split(' ').at(-1);
  }

  async head() {
    return Number((await this.database.query('select position from log_head'))[0][0]);
  }

  async delete() {
    await this.manager.streams.delete(STREAM);
  }

  async purge() {
    await this.manager.streams.purge(STREAM);
  }

  /** Until the stream holds all that the log holds now, and is of the log's epoch. The log may go on meanwhile. */
  async caughtUp() {
    const head = await this.head();
    const epoch = (await this.database.query("select lpad(to_hex(confab_epoch()), 16, '0')"))[0][0];
    await until('the stream to hold the whole log', async () => {
      const info = await this.info();
      return info?.config.description.endsWith(epoch) && info.state.last_seq >= head;
    });
  }

  /** Every message from the start of the stream to its end. */
  async read() {
    const { state } = await this.manager.streams.info(STREAM);
    const messages = [];
    if (state.messages === 0) return messages;
    const consumer = await this.js.consumers.get(STREAM, { deliver_policy: DeliverPolicy.All });
    for await (const message of await consumer.consume({ max_messages: 1000 })) {
      messages.push({
        seq: message.seq,
        subject: message.subject,
        headers: Object.fromEntries(message.headers.keys().filter((key) => key.startsWith('Confab-')).map((key) => [key, message.headers.get(key)])),
        event: message.json(),
      });
      if (message.seq >= state.last_seq) break;
    }
    return messages;
  }

  /**
   * The stream comes to hold the log from `from` on: each event once, at its position, and nothing of what is internal.
   * Nobody may write meanwhile: a stream that goes on above the log holds what is not the log's.
   */
  async holdsLog({ from = 1 } = {}) {
    await this.caughtUp();
    const head = await this.head();
    await until('the stream to end where the log ends', async () => (await this.last()) === head);
    const epoch = await this.epoch();
    const messages = await this.read();
    const expected = await this.#log(from);
    assert.equal(messages.length, expected.length, 'each event once');
    messages.forEach((message, index) => {
      const row = expected[index];
      const { at, ...event } = message.event;
      const hidden = INTERNAL.includes(row.type);
      assert.equal(message.seq, row.position, 'sequence = position');
      assert.ok(!Number.isNaN(Date.parse(at)));
      assert.deepEqual(event, hidden
        ? { position: row.position, type: row.type, conversationId: NOBODY, actorId: NOBODY, clientId: null, seq: 0, messageNo: 0, data: {} }
        : row);
      assert.equal(message.subject, `confab.log.${row.type}.${hidden ? 'internal' : row.conversationId}`);
      assert.deepEqual(message.headers, {
        'Confab-Seq': `${event.seq}`, 'Confab-Position': `${row.position}`, 'Confab-Type': row.type, 'Confab-Epoch': epoch,
      });
    });
    return messages;
  }

  /** What the database holds. */
  async #log(from) {
    const log = [];
    const head = await this.head();
    for (let at = from; at <= head; at += PAGE) {
      const rows = await this.database.query(`select json_build_object('position', position, 'conversationId', stream_id, 'seq', seq,
        'messageNo', message_no, 'type', type, 'actorId', actor_id, 'clientId', client_id, 'data', data::json)
        from events where position >= ${at} and position < ${at + PAGE} order by position`);
      log.push(...rows.map((row) => JSON.parse(row.join('|'))));
    }
    return log;
  }

  /** A message as a relay of `epoch` sends it, on the condition that it goes to the end of the stream. */
  async intrude(epoch, position) {
    const map = headers();
    for (const [name, value] of [['Seq', '1'], ['Position', `${position}`], ['Type', 'message.posted'], ['Epoch', epoch]]) map.set(`Confab-${name}`, value);
    await this.js.publish(`confab.log.message.posted.${NOBODY}`, '{}', { headers: map, expect: { lastSequence: position - 1 } });
  }
}

/** The API that relays, by what it last said of itself. */
export async function leader(fleet) {
  return until('one API to lead', () => fleet.apis.find((api) => {
    const said = [...(api.child?.stderr ?? '').matchAll(/relay of this process (leads|rests)/g)].at(-1);
    return api.child?.running && said?.[1] === 'leads';
  }));
}
