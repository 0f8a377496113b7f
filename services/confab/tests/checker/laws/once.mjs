// L1: one `clientId` of one person makes one event, and every answer to it is the first one.

import { Log } from '../log.mjs';
import { where } from './numbers.mjs';

/** Refusals that say nothing of the message. */
const BESIDE = ['rate_limited', 'unauthorized'];

export function once({ log, operations, find }) {
  for (const rows of log.keys.values()) {
    if (rows.length > 1) find('duplicate', `clientId ${rows[0].clientId} stands ${rows.length} times in the log`, ...rows.map(where));
  }
  const answers = new Map();
  for (const operation of [...operations.of('send'), ...operations.of('reply')]) {
    const key = Log.key(operation.conversation, operation.actor, operation.clientId);
    if (answers.has(key)) answers.get(key).push(operation);
    else answers.set(key, [operation]);
  }
  for (const asked of answers.values()) sameAnswers(asked, find);
}

function sameAnswers(asked, find) {
  const answered = asked.filter(({ end }) => end?.k === 'ok');
  if (answered.length === 0) return;
  const [first, ...others] = answered;
  for (const other of others) {
    for (const name of ['seq', 'position', 'messageNo']) {
      if (other.end[name] !== first.end[name]) find('duplicate', `a repeat was answered ${name} ${other.end[name]}, the first ${first.end[name]}`, other.end.place, first.end.place);
    }
  }
  const knownAt = Math.min(...answered.map(({ end }) => end.t));
  for (const { t, end, place } of asked) {
    if (end?.k === 'fail' && t > knownAt && !BESIDE.includes(end.code)) find('duplicate', `a repeat was refused with ${end.code} after an answer`, place, end.place, first.end.place);
  }
}
