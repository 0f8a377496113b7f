// L8: CONFAB_LOG holds every event once, at stream sequence = position, as it was committed.

import fs from 'node:fs';
import path from 'node:path';

import { linesOf } from '../lines.mjs';
import { where } from './numbers.mjs';

const INTERNAL = ['session.revoked', 'conversation.entered', 'conversation.exited'];
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Nothing to hold where there is no stream: one node without NATS. */
export async function stream({ log, find, folder, figures }) {
  const file = path.join(folder, 'stream.jsonl');
  if (!fs.existsSync(file)) return;
  // Nothing ages within a run: a stream that lost its beginning lost events.
  let due = 1;
  let epoch = null;
  for await (const { line, place } of linesOf(file)) {
    if (line.seq !== due) find('stream', `sequence ${line.seq} stands where ${due} is due`, place);
    due = line.seq + 1;
    const row = log.rows[line.seq - 1];
    if (!row) {
      find('stream', `sequence ${line.seq} is no position of the log`, place);
      continue;
    }
    epoch ??= line.headers['Confab-Epoch'];
    for (const [what, held, expected] of pairs(line, row, epoch)) {
      if (held !== expected) find('stream', `${what} of sequence ${line.seq} is ${held}, not ${expected}`, place, where(row));
    }
  }
  if (due !== log.rows.length + 1) find('stream', `it ends at ${due - 1}, the log at ${log.rows.length}`, `sequence ${due - 1}`);
  figures.stream = due - 1;
}

function pairs({ subject, headers, body }, row, epoch) {
  const hidden = INTERNAL.includes(row.type);
  return [
    ['the subject', subject, `confab.log.${row.type}.${hidden ? 'internal' : row.conversationId}`],
    ['Confab-Seq', headers['Confab-Seq'], String(hidden ? 0 : row.seq)],
    ['Confab-Position', headers['Confab-Position'], String(row.position)],
    ['Confab-Type', headers['Confab-Type'], row.type],
    ['Confab-Epoch', headers['Confab-Epoch'], epoch],
    // What was taken back since keeps its content there.
    ...(row.redacted ? [] : [['the body', body, hidden ? envelope({ ...row, conversationId: NOBODY, actorId: NOBODY, clientId: null, seq: 0, messageNo: 0, data: '{}' }) : envelope(row)]]),
  ];
}

/** The envelope's text, `data` as it stands in the log. */
function envelope({ conversationId, seq, position, messageNo, type, actorId, clientId, at, data }) {
  const head = JSON.stringify({ conversationId, seq, position, messageNo, type, actorId, clientId, at });
  return `${head.slice(0, -1)},"data":${data}}`;
}
