// L6: every receipt is an event of the log, byte for byte, and none came before it was asked for.

import { Log } from '../log.mjs';
import { where } from './numbers.mjs';

export function bytes({ log, operations, find, skew }) {
  const sent = new Map();
  for (const { conversation, actor, clientId, t } of operations.of('send')) {
    const key = Log.key(conversation, actor, clientId);
    if (!(sent.get(key) <= t)) sent.set(key, t);
  }
  const received = (conversation, seq, h, t, place) => {
    const row = log.conversations.get(conversation)?.row(seq);
    if (!row) return find('phantom', `seq ${seq} of ${conversation} was received and is not in the log`, place);
    if (!row.redacted && row.h !== h) return find('bytes', `seq ${seq} was received otherwise than it stands in the log`, place, where(row));
    const begun = sent.get(Log.key(conversation, row.actorId, row.clientId));
    if (row.type === 'message.posted' && begun !== undefined && t + skew < begun) return find('phantom', `seq ${seq} was received before it was sent`, place, where(row));
    return undefined;
  };
  return {
    take(line, place) {
      if (line.k === 'event') received(line.conversation, line.seq, line.h, line.t, place);
      if (line.k === 'joined' && line.ok) for (const [seq, h] of line.events) received(line.conversation, seq, h, line.t, place);
    },
    end() {},
  };
}
