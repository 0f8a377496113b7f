// L2: what was answered before something else was asked for stands before it, in its conversation and in the log.

import { Log } from '../log.mjs';
import { where } from './numbers.mjs';

export function order({ log, operations, find }) {
  const sends = operations.of('send');
  const moments = [];
  const first = new Map();
  for (const operation of sends) {
    const { conversation, actor, clientId, t, end } = operation;
    const key = Log.key(conversation, actor, clientId);
    if (!(first.get(key)?.t <= t)) first.set(key, operation);
    // Where it stands; that it was answered so is another law.
    const [row] = log.keys.get(key) ?? [];
    if (row && end?.k === 'ok') moments.push({ t: end.t, answered: { seq: row.seq, position: row.position, place: end.place }, conversation });
  }
  for (const [key, operation] of first) {
    const [row] = log.keys.get(key) ?? [];
    if (row) moments.push({ t: operation.t, row, place: operation.place });
  }
  // At the same moment nothing was before anything.
  moments.sort((a, b) => a.t - b.t || (a.row ? 0 : 1) - (b.row ? 0 : 1));
  const highest = new Map();
  let last = { position: 0 };
  for (const { row, place, answered, conversation } of moments) {
    if (answered) {
      if (!(highest.get(conversation)?.seq >= answered.seq)) highest.set(conversation, answered);
      if (answered.position > last.position) last = answered;
      continue;
    }
    const before = highest.get(row.conversationId);
    if (before?.seq >= row.seq) find('order', `seq ${before.seq} was answered before seq ${row.seq} was sent`, before.place, place, where(row));
    else if (last.position >= row.position) find('order', `position ${last.position} was answered before position ${row.position} was sent`, last.place, place, where(row));
  }
}
