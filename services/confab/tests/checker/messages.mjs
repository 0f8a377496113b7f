// What each message of a conversation looked like after each event: a fold of the log, written here a second time so
// that the service's own is held against something else. Texts are those that people sent, since the log loses them
// with a deletion.

import { textHash } from '../chaos/reads.mjs';
import { Log } from './log.mjs';

export const SAID = ['message.posted', 'message.replied'];
const BLANK = { text: textHash(''), deleted: true, edited: false, pinned: false, reactions: [] };

/** The texts that went with a clientId: a function of a row. */
export function textsOf(operations) {
  const sent = new Map();
  for (const { do: what, conversation, actor, clientId, body } of operations.all()) {
    if (['send', 'reply', 'edit'].includes(what)) sent.set(Log.key(conversation, actor, clientId), body);
  }
  return (row) => sent.get(Log.key(row.conversationId, row.actorId, row.clientId));
}

export class Message {
  /** [seq, state] by seq: {text, deleted, edited, pinned, reactions: [[emoji, [user]]]}. */
  #states;

  constructor(row, text) {
    this.row = row;
    this.#states = [[row.seq, { text: textHash(text), deleted: false, edited: false, pinned: false, reactions: [] }]];
  }

  get last() {
    return this.#states.at(-1)[1];
  }

  /** Those that it had at some moment between the events `from` and `to`, both included. */
  within(from, to) {
    return this.#states.filter(([seq], i) => seq <= to && !(this.#states[i + 1]?.[0] <= from)).map(([, state]) => state);
  }

  /** Why this event cannot be here, or nothing. */
  fold(row, text, rights) {
    const now = this.last;
    if (now.deleted) return `${row.type} about a message that was deleted`;
    const become = (changes) => void this.#states.push([row.seq, { ...now, ...changes }]);
    const own = row.actorId === this.row.actorId;
    const users = now.reactions.find(([emoji]) => emoji === row.value.emoji)?.[1] ?? [];
    switch (row.type) {
      case 'message.edited': return own ? become({ text: textHash(text), edited: true }) : 'an edit by another than the author';
      case 'message.deleted': return own || rights.mayModerate(row.actorId, row.seq - 1) ? become(BLANK) : 'a deletion by somebody without the right';
      case 'message.pinned': return now.pinned ? 'a second pin' : become({ pinned: true });
      case 'message.unpinned': return now.pinned ? become({ pinned: false }) : 'an unpin of what was not pinned';
      case 'reaction.added': return users.includes(row.actorId) ? 'the same reaction twice' : become({ reactions: added(now.reactions, row) });
      case 'reaction.removed': return users.includes(row.actorId) ? become({ reactions: removed(now.reactions, row) }) : 'a reaction taken back that was not there';
      default: return `${row.type}, which no message knows`;
    }
  }
}

function added(reactions, { actorId, value }) {
  if (!reactions.some(([emoji]) => emoji === value.emoji)) return [...reactions, [value.emoji, [actorId]]];
  return reactions.map(([emoji, users]) => [emoji, emoji === value.emoji ? [...users, actorId] : users]);
}

function removed(reactions, { actorId, value }) {
  const left = reactions.map(([emoji, users]) => [emoji, emoji === value.emoji ? users.filter((user) => user !== actorId) : users]);
  return left.filter(([, users]) => users.length > 0);
}
