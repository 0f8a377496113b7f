// Rule events that no route writes yet (somebody removed, banned, added by another, a group made private or public): by the store's
// own append, with the rows they project in the same transaction, and published live as an API does.

import { randomUUID } from 'node:crypto';

import { NatsLine } from './nats-line.mjs';

export class RuleEvents {
  static async open(things, fleet) {
    return new RuleEvents(fleet.database, await NatsLine.open(things, fleet.nats.url));
  }

  #database;
  #line;

  constructor(database, line) {
    this.#database = database;
    this.#line = line;
  }

  /** Each of these gives the event's seq, as soon as it is committed. `by` is a Person who may read the conversation. */
  remove(by, conversationId, userId) {
    return this.#append(by, conversationId, 'member.removed', { userId }, {
      rows: [{ row: 'drop_member', stream: conversationId, user: userId }],
      told: { user: userId, type: 'conversation.exited' },
    });
  }

  ban(by, conversationId, userId) {
    return this.#append(by, conversationId, 'member.banned', { userId }, {
      rows: [{ row: 'add_member', stream: conversationId, user: userId, role: 'banned', event: 0 }],
      told: { user: userId, type: 'conversation.exited' },
    });
  }

  add(by, conversationId, userId) {
    return this.#append(by, conversationId, 'member.added', { userId, role: 'member' }, {
      rows: [{ row: 'add_member', stream: conversationId, user: userId, role: 'member', event: 0 }],
      told: { user: userId, type: 'conversation.entered' },
    });
  }

  setVisibility(by, conversationId, visibility) {
    return this.#append(by, conversationId, 'conversation.visibility_changed', { visibility }, {
      also: `update streams set visibility = '${visibility}', guard_seq = (select max(seq) from events where stream_id = '${conversationId}')
        where id = '${conversationId}'`,
    });
  }

  async #append(by, conversationId, type, data, { rows = [], told, also = '' }) {
    const event = (stream, name, content) => ({ stream, type: name, version: 1, target: null, data: JSON.stringify(content) });
    const events = [event(conversationId, type, data)];
    if (told) events.push(event(told.user, told.type, { conversationId }));
    const command = JSON.stringify({ actor: by.id, client: randomUUID(), hash: '0'.repeat(32), expect: [], events, rows });
    // Several statements in one query are one transaction.
    const [[outcome]] = await this.#database.query(
      `select confab_append_rule('${command}'::jsonb || jsonb_build_object('epoch', (select epoch from log_head))); ${also}`,
    );
    const { outcome: what, placed } = JSON.parse(outcome);
    if (what !== 'appended') throw new Error(`${type}: ${outcome}`);
    const [{ seq }] = placed;
    return { seq, published: this.#publish(by, conversationId, seq) };
  }

  async #publish(by, conversationId, seq) {
    const page = await by.must(200, `GET /api/conversations/${conversationId}/events?after=${seq - 1}&limit=1`);
    const [event] = page.events;
    await this.#line.publish(`confab.live.${conversationId}`, JSON.stringify(event), {
      headers: { 'Confab-Seq': seq, 'Confab-Position': event.position, 'Confab-Type': event.type, 'Confab-Epoch': page.epoch },
    });
  }
}
