// L6: the log holds only what somebody asked for, and no refused request is in it.

import { Log } from '../log.mjs';
import { where } from './numbers.mjs';

/** What says something under a clientId, by what it is asked for. */
const SAYS = { 'message.posted': 'send', 'message.replied': 'reply', 'message.edited': 'edit' };
/** What changes a message otherwise. */
const CHANGES = { delete: 'message.deleted', react: 'reaction.added', unreact: 'reaction.removed', pin: 'message.pinned', unpin: 'message.unpinned' };
const INTERNAL = ['session.revoked', 'conversation.entered', 'conversation.exited'];

export function attempted({ log, operations, find }) {
  const sends = new Map();
  for (const operation of [...operations.of('send'), ...operations.of('reply'), ...operations.of('edit')]) {
    const key = Log.key(operation.conversation, operation.actor, operation.clientId);
    if (sends.has(key)) sends.get(key).push(operation);
    else sends.set(key, [operation]);
  }
  const rules = ruleRequests(operations);
  for (const row of log.rows) {
    if (INTERNAL.includes(row.type)) continue;
    if (!SAYS[row.type]) {
      const made = row.type === 'conversation.created' && rules.has(`created ${row.conversationId}`);
      if (!made && !isOfCreation(log, row)) askedFor(rules.get(ruleOf(row)), row, find);
      continue;
    }
    const asked = sends.get(Log.key(row.conversationId, row.actorId, row.clientId));
    if (!asked) find('phantom', 'nobody sent this message', where(row));
    else if (!asked.some(({ do: what }) => what === SAYS[row.type])) find('phantom', `nobody asked for this ${row.type}`, where(row), asked[0].place);
    else if (!row.redacted && !asked.some(({ body }) => body === row.value.body)) find('phantom', 'nobody sent this text under this clientId', where(row), asked[0].place);
  }
  for (const [key, asked] of sends) {
    const [row] = log.keys.get(key) ?? [];
    if (row && asked.every(({ end }) => end?.k === 'fail')) find('refused', 'a message is in the log that was refused each time', where(row), ...asked.map(({ end }) => end.place));
  }
}

/** Each request makes one event at most, and none if it was refused. */
function askedFor(requests, row, find) {
  if (!requests) find('phantom', `nobody asked for ${row.type}`, where(row));
  else if (requests.open > 0) requests.open -= 1;
  else if (requests.refused.length > 0) find('refused', `${row.type} was refused and is in the log`, where(row), ...requests.refused);
  else find('phantom', `${row.type} stands in the log more often than it was asked for`, where(row));
}

/** What each event about people and settings would be asked for by: {open, refused: [place]}. */
function ruleRequests(operations) {
  const asked = new Map();
  const add = (key, end) => {
    if (!asked.has(key)) asked.set(key, { open: 0, refused: [] });
    if (end?.k === 'fail') asked.get(key).refused.push(end.place);
    else asked.get(key).open += 1;
  };
  for (const { do: what, conversation, user, value, clientId, actor, target, emoji, end } of operations.all()) {
    if (CHANGES[what]) add(`${CHANGES[what]} ${conversation} ${actor} ${target} ${emoji}`, end);
    if (what === 'ban' || what === 'unban') add(`${what} ${conversation} ${user}`, end);
    if (what === 'role') add(`role ${conversation} ${user} ${value}`, end);
    if (what === 'add') add(`member.added ${conversation} ${user}`, end);
    if (what === 'remove') add(`gone ${conversation} ${user}`, end);
    if (what === 'visibility') add(`visibility ${conversation} ${value}`, end);
    if (what === 'create') add(`created ${actor} ${clientId}`, end);
    // A direct conversation is named by its two people, and its clientId is the server's.
    if (what === 'create' && end?.conversation) add(`created ${end.conversation}`, end);
  }
  return asked;
}

function ruleOf({ type, conversationId, value, actorId, clientId, targetSeq }) {
  if (Object.values(CHANGES).includes(type)) return `${type} ${conversationId} ${actorId} ${targetSeq} ${value.emoji}`;
  if (type === 'member.banned') return `ban ${conversationId} ${value.userId}`;
  if (type === 'member.unbanned') return `unban ${conversationId} ${value.userId}`;
  if (type === 'member.role_changed') return `role ${conversationId} ${value.userId} ${value.role}`;
  if (type === 'member.added') return `member.added ${conversationId} ${value.userId}`;
  if (type === 'member.left' || type === 'member.removed') return `gone ${conversationId} ${value.userId}`;
  if (type === 'conversation.visibility_changed') return `visibility ${conversationId} ${value.visibility}`;
  return `created ${actorId} ${clientId}`;
}

/** The members that came with the command that made the conversation. */
function isOfCreation(log, row) {
  const [, first] = log.conversations.get(row.conversationId).rows;
  return row.type === 'member.added' && row.clientId === null && row.time === first.time && row.actorId === first.actorId;
}
