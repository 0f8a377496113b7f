// L7: after the event that ends a right nothing with a higher seq reaches that person, on any socket, until an event
// gives it back and a join follows; HTTP refuses from the commit on. And nobody is refused who has the right.

import { SAID } from '../messages.mjs';
import { where } from './numbers.mjs';

/** What a request can have seen: from what was certain when it began to what was possible when it was answered. */
const span = (conversation, begun, ended, skew) => [conversation.certainAt(begun - skew), conversation.possibleAt(ended + skew)];

export function rights({ log, operations, find, skew }) {
  const users = new Map();
  const begun = new Map();
  /** Per socket and conversation: the seq of the event that ends the right of this listener. */
  const ends = new Map();
  const later = [];
  const handlers = {
    connect: ({ socket, user }) => users.set(socket, user),
    join: ({ join, t }) => begun.set(join, t),
    joined(line, place) {
      const user = users.get(line.socket);
      const conversation = log.conversations.get(line.conversation);
      const [from, to] = [begun.get(line.join), line.t];
      begun.delete(line.join);
      if (!conversation) return;
      if (!line.ok) {
        if (line.code === 'not_found') later.push({ conversation, user, from, to, may: false, place });
        return;
      }
      const held = line.more ? conversation.rights.mayReadWithin(user, line.seq, conversation.possibleAt(to + skew)) : conversation.rights.mayRead(user, line.seq);
      if (!held) find('rights', `${user} was let in at seq ${line.seq} without the right`, place);
      if (!line.more) ends.set(`${line.socket} ${line.conversation}`, conversation.rights.endAfter(user, line.seq));
    },
    event(line, place) {
      const end = ends.get(`${line.socket} ${line.conversation}`);
      if (line.seq > end) find('rights', `seq ${line.seq} reached ${users.get(line.socket)}, whose right ended with seq ${end}`, place);
    },
  };
  return {
    take: (line, place) => handlers[line.k]?.(line, place),
    end() {
      authors(log, find);
      reads(log, operations, later);
      for (const { conversation, user, from, to, may, place } of later) {
        const [first, last] = span(conversation, from, to, skew);
        if (may && !conversation.rights.mayReadWithin(user, first, last)) find('rights', `${user} read by HTTP without the right`, place);
        if (!may && conversation.rights.mayReadThroughout(user, first, Math.max(first, last))) find('rights', `${user} was refused although they had the right`, place);
      }
    },
  };
}

function reads(log, operations, later) {
  for (const { conversation: id, actor: user, t: from, place, end } of operations.of('read')) {
    const conversation = log.conversations.get(id);
    if (!conversation || !end) continue;
    if (end.k === 'ok') later.push({ conversation, user, from, to: end.t, may: true, place });
    if (end.k === 'fail' && end.status === 404) later.push({ conversation, user, from, to: end.t, may: false, place });
  }
}

function authors(log, find) {
  for (const row of log.rows) {
    if (!SAID.includes(row.type)) continue;
    if (!log.conversations.get(row.conversationId).rights.mayPost(row.actorId, row.seq - 1)) find('rights', `${row.actorId} posted without the right`, where(row));
  }
}
