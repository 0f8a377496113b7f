// Messages change as the log says, each change once and only by whoever may; what was deleted is gone from the
// database and from every answer after it; and a page shows each message as it was at one moment while it was read.

import { Message, SAID, textsOf } from '../messages.mjs';
import { where } from './numbers.mjs';

const CHANGES = ['message.edited', 'message.deleted', 'message.pinned', 'message.unpinned', 'reaction.added', 'reaction.removed'];

export function changes({ log, operations, find, figures, skew }) {
  const textOf = textsOf(operations);
  figures.changes = 0;
  for (const conversation of log.conversations.values()) fold(conversation, textOf, find, figures);
  gone(log, find);
  for (const operation of operations.all()) answered(log, operation, find);
  return {
    take() {},
    // By then it is known what was certain when.
    end() {
      for (const operation of operations.of('read')) shown(log, operation, skew, find);
      for (const what of ['react', 'unreact', 'pin', 'unpin']) for (const operation of operations.of(what)) stood(log, operation, skew, find);
    },
  };
}

function fold(conversation, textOf, find, figures) {
  conversation.messages = new Map();
  for (const row of conversation.rows.slice(1)) {
    if (SAID.includes(row.type)) conversation.messages.set(row.seq, new Message(row, textOf(row) ?? row.value.body ?? ''));
    if (row.type === 'message.replied' && !conversation.messages.has(row.targetSeq)) find('changes', 'a reply to what is no message', where(row));
    if (!CHANGES.includes(row.type)) continue;
    figures.changes += 1;
    const message = conversation.messages.get(row.targetSeq);
    const wrong = message ? message.fold(row, textOf(row) ?? row.value.body, conversation.rights) : `${row.type} about seq ${row.targetSeq}, which is no message`;
    if (wrong) find('changes', wrong, where(row), message && where(message.row));
  }
}

/** The content of what was deleted, and of its edits, and of nothing else. */
function gone(log, find) {
  for (const conversation of log.conversations.values()) {
    for (const row of conversation.rows.slice(1)) {
      const seq = SAID.includes(row.type) ? row.seq : row.type === 'message.edited' ? row.targetSeq : null;
      const due = conversation.messages.get(seq)?.last.deleted ?? false;
      if (row.redacted !== due) find('changes', due ? 'the content of a deleted message is still there' : 'content is gone that nobody deleted', where(row));
      else if (due && row.data !== '{}') find('changes', `a deleted message still says ${row.data.slice(0, 40)}`, where(row));
    }
  }
}

/** L1: an edit or a deletion that was answered is in the log. */
function answered(log, { do: what, conversation: id, actor, clientId, target, body, place, end }, find) {
  if (end?.k !== 'ok' || !['edit', 'delete'].includes(what)) return;
  const conversation = log.conversations.get(id);
  const row = what === 'edit' ? log.byKey(id, actor, clientId) : conversation?.deletionOf(target);
  const type = what === 'edit' ? 'message.edited' : 'message.deleted';
  if (row?.type !== type || row.targetSeq !== target) find('acknowledged', `an answered ${type} of seq ${target} of ${id} is not in the log`, place, end.place);
  else if (what === 'edit' && !row.redacted && row.value.body !== body) find('acknowledged', 'another text is in the log than was sent', place, end.place, where(row));
}

/** What was asked for was so at some moment between the question and its answer. */
function stood(log, { do: what, conversation: id, actor, target, emoji, t, place, end }, skew, find) {
  if (end?.k !== 'ok') return;
  const conversation = log.conversations.get(id);
  const states = conversation?.messages.get(target)?.within(conversation.certainAt(t - skew), conversation.possibleAt(end.t + skew)) ?? [];
  const has = ({ reactions, pinned }) => (emoji ? reactions.some(([one, users]) => one === emoji && users.includes(actor)) : pinned);
  const wanted = what === 'react' || what === 'pin';
  if (!states.some((state) => has(state) === wanted)) find('acknowledged', `an answered ${what} of seq ${target} never was`, place, end.place);
}

function shown(log, { conversation: id, t, place, end }, skew, find) {
  const conversation = log.conversations.get(id);
  if (end?.k !== 'ok' || !conversation) return;
  const [from, to] = [conversation.certainAt(t - skew), conversation.possibleAt(end.t + skew)];
  for (const [seq, ...held] of end.messages ?? []) {
    const states = conversation.messages.get(seq)?.within(from, to) ?? [];
    if (!states.some((state) => same(state, held))) find('shown', `seq ${seq} was shown as it never was while the page was read: ${JSON.stringify(held)}`, place, end.place);
  }
  for (const [seq, h] of end.events ?? []) {
    const row = conversation.row(seq);
    const deleted = row?.redacted ? conversation.deletionOf(SAID.includes(row.type) ? seq : row.targetSeq)?.seq : Infinity;
    if (!row || (row.h !== h && deleted <= from)) find('shown', `event ${seq} was read with what had been deleted by seq ${deleted}`, place, end.place);
    else if (!row.redacted && row.h !== h) find('bytes', `seq ${seq} was read otherwise than it stands in the log`, place, where(row));
  }
}

function same(state, [text, deleted, edited, pinned, reactions]) {
  const held = state.reactions.map(([emoji, users]) => `${emoji} ${users.join(' ')}`);
  return state.text === text && state.deleted === deleted && state.edited === edited && state.pinned === pinned && JSON.stringify(held) === JSON.stringify(reactions);
}
