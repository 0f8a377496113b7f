// L6: every receipt is an event of the log, byte for byte, and none came before it was asked for. What was deleted
// since may have come as it was, the same to everybody, and never in a page that reaches its deletion.

import { Log } from '../log.mjs';
import { SAID } from '../messages.mjs';
import { where } from './numbers.mjs';

/** The deletion that took the content of this row. */
const deletionOf = (conversation, row) => conversation.deletionOf(SAID.includes(row.type) ? row.seq : row.targetSeq);

export function bytes({ log, operations, find, skew }) {
  const sent = new Map();
  for (const { conversation, actor, clientId, t } of operations.of('send')) {
    const key = Log.key(conversation, actor, clientId);
    if (!(sent.get(key) <= t)) sent.set(key, t);
  }
  /** What a row said before it was deleted, as the first saw it. */
  const originals = new Map();
  const blanked = (row, seq, h, end, place) => {
    const deletion = deletionOf(log.conversations.get(row.conversationId), row);
    if (h === row.h) return undefined;
    if (end >= deletion?.seq) return find('bytes', `a page up to seq ${end} has what was deleted by seq ${deletion.seq}`, place, where(row));
    if (!originals.has(row)) originals.set(row, h);
    if (originals.get(row) !== h) return find('bytes', `seq ${seq} was received in two ways before it was deleted`, place, where(row));
    return undefined;
  };
  const received = (conversation, seq, h, t, place, end) => {
    const row = log.conversations.get(conversation)?.row(seq);
    if (!row) return find('phantom', `seq ${seq} of ${conversation} was received and is not in the log`, place);
    if (row.redacted) blanked(row, seq, h, end, place);
    else if (row.h !== h) return find('bytes', `seq ${seq} was received otherwise than it stands in the log`, place, where(row));
    const begun = sent.get(Log.key(conversation, row.actorId, row.clientId));
    if (row.type === 'message.posted' && begun !== undefined && t + skew < begun) return find('phantom', `seq ${seq} was received before it was sent`, place, where(row));
    return undefined;
  };
  return {
    take(line, place) {
      if (line.k === 'event') received(line.conversation, line.seq, line.h, line.t, place);
      if (line.k === 'joined' && line.ok) for (const [seq, h] of line.events) received(line.conversation, seq, h, line.t, place, line.seq);
    },
    end() {},
  };
}
