// Reads by HTTP, also of those who may no longer, and keeps what the pages say: of each message its text as a hash
// and everything that can change about it, of each event its fingerprint.

import { createHash } from 'node:crypto';

import { sleep } from '../harness/wait.mjs';
import { fingerprint } from './history.mjs';

const PAGE = 200;

/** A text is known by 16 hex digits. */
export const textHash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What a history keeps of a page of messages: [seq, text, deleted, edited, pinned, reactions]. */
function pageOf({ messages, events }) {
  if (events) return { events: events.map((event) => [event.seq, fingerprint(event)]) };
  const reactions = (message) => message.reactions.map(({ emoji, userIds }) => `${emoji} ${userIds.join(' ')}`);
  return { messages: messages.map((one) => [one.seq, textHash(one.body), one.deleted, one.editedAt !== null, one.pinned, reactions(one)]) };
}

export class Reads {
  #stopped = false;

  /** `lanes`: [{user, conversations}]. */
  constructor({ lanes, people, apis }, operations, random) {
    Object.assign(this, { lanes, people, apis, operations, random });
  }

  stop() {
    this.#stopped = true;
  }

  async run() {
    while (!this.#stopped) {
      await sleep(this.random.between(100, 500));
      const { conversations, user } = this.random.pick(this.lanes);
      await this.#read(this.random.pick(conversations), user, this.random.pick(['messages?limit=20', 'events?after=0&limit=5']));
    }
  }

  /** Every message of every conversation, when nothing happens any more. */
  async all() {
    const readers = new Map(this.lanes.flatMap(({ conversations, user }) => conversations.map((id) => [id, user])));
    for (const [id, user] of readers) {
      for (let before = ''; before !== null;) {
        const { k, messages } = await this.#read(id, user, `messages?limit=${PAGE}${before}`);
        if (k === 'fail') throw new Error(`${id} cannot be read at the end`);
        if (k === 'unknown') await sleep(300);
        else before = messages.length < PAGE ? null : `&before=${messages[0][0]}`;
      }
    }
  }

  #read(id, user, what) {
    return this.operations.http({ do: 'read', conversation: id }, this.people[user], this.random.pick(this.apis), `GET /api/conversations/${id}/${what}`, undefined, pageOf);
  }
}
