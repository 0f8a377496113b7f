// L1: what was answered 2xx is in the log, with what was sent, at the place that the answer names.

import { where } from './numbers.mjs';

const SAYS = { send: 'message.posted', reply: 'message.replied' };

export function acknowledged({ log, operations, find }) {
  for (const { do: what, conversation: asked, actor, clientId, body, place, end } of operations.all()) {
    if (end?.k !== 'ok' || what === 'read') continue;
    const id = asked ?? end.conversation;
    if (what === 'create') {
      if (!log.conversations.has(id)) find('acknowledged', `conversation ${id} was answered and is not there`, place, end.place);
      continue;
    }
    if (end.seq === undefined) {
      if (SAYS[what]) find('acknowledged', 'a message was answered 2xx without its seq', place, end.place);
      continue;
    }
    const row = log.conversations.get(id)?.row(end.seq);
    if (!row) {
      find('acknowledged', `seq ${end.seq} of ${id} was answered and is not in the log`, place, end.place);
      continue;
    }
    const answered = { position: end.position, messageNo: end.messageNo, actorId: actor };
    if (SAYS[what]) Object.assign(answered, { type: SAYS[what], clientId });
    for (const [name, value] of Object.entries(answered)) {
      if (value !== undefined && row[name] !== value) find('acknowledged', `${name} ${value} was answered, ${row[name]} is in the log`, place, end.place, where(row));
    }
    if (SAYS[what] && !row.redacted && row.value.body !== body) find('acknowledged', 'another text is in the log than was sent', place, end.place, where(row));
  }
}
