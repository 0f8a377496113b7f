// L6: the log holds only what somebody asked for, and no refused request is in it.

import { Log } from '../log.mjs';
import { where } from './numbers.mjs';

const INTERNAL = ['session.revoked', 'conversation.entered', 'conversation.exited'];

export function attempted({ log, operations, find }) {
  const sends = new Map();
  for (const operation of operations.of('send')) {
    const key = Log.key(operation.conversation, operation.actor, operation.clientId);
    if (sends.has(key)) sends.get(key).push(operation);
    else sends.set(key, [operation]);
  }
  const rules = ruleRequests(operations);
  for (const row of log.rows) {
    if (INTERNAL.includes(row.type)) continue;
    if (row.type !== 'message.posted') {
      const made = row.type === 'conversation.created' && rules.has(`created ${row.conversationId}`);
      if (!made && !rules.has(ruleOf(row)) && !isOfCreation(log, row)) find('phantom', `nobody asked for ${row.type}`, where(row));
      continue;
    }
    const asked = sends.get(Log.key(row.conversationId, row.actorId, row.clientId));
    if (!asked) find('phantom', 'nobody sent this message', where(row));
    else if (!row.redacted && !asked.some(({ body }) => body === row.value.body)) find('phantom', 'nobody sent this text under this clientId', where(row), asked[0].place);
  }
  for (const [key, asked] of sends) {
    const [row] = log.keys.get(key) ?? [];
    if (row && asked.every(({ end }) => end?.k === 'fail')) find('refused', 'a message is in the log that was refused each time', where(row), ...asked.map(({ end }) => end.place));
  }
}

/** What each event about people and settings would be asked for by. */
function ruleRequests(operations) {
  const asked = new Set();
  for (const { do: what, conversation, user, value, clientId, actor, end } of operations.all()) {
    if (what === 'add') asked.add(`member.added ${conversation} ${user}`);
    if (what === 'remove') asked.add(`gone ${conversation} ${user}`);
    if (what === 'visibility') asked.add(`visibility ${conversation} ${value}`);
    if (what === 'create') asked.add(`created ${actor} ${clientId}`);
    // A direct conversation is named by its two people, and its clientId is the server's.
    if (what === 'create' && end?.conversation) asked.add(`created ${end.conversation}`);
  }
  return asked;
}

function ruleOf({ type, conversationId, value, actorId, clientId }) {
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
