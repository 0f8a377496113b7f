// The checker: reads what everybody wrote down (histories) and what the servers hold at the end (the log, the
// projections, CONFAB_LOG), and names every breach of a law with the lines that show it. It trusts none of the
// service's own code. `node checker/check.mjs FOLDER` looks at FOLDER/history and FOLDER/database.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { acknowledged } from './laws/acknowledged.mjs';
import { attempted } from './laws/attempted.mjs';
import { bytes } from './laws/bytes.mjs';
import { changes } from './laws/changes.mjs';
import { complete } from './laws/complete.mjs';
import { contiguous } from './laws/contiguous.mjs';
import { numbers } from './laws/numbers.mjs';
import { once } from './laws/once.mjs';
import { order } from './laws/order.mjs';
import { projections } from './laws/projections.mjs';
import { rights } from './laws/rights.mjs';
import { stream } from './laws/stream.mjs';
import { linesOf } from './lines.mjs';
import { Log } from './log.mjs';
import { Operations } from './operations.mjs';

/** Of one law so many are told; the rest is counted. */
const TOLD = 20;
/** Clocks of two processes on one machine may differ by so many microseconds. */
const SKEW = 50_000;

/** Gives {findings: [{law, what, where: [place]}], figures}; `findings` is empty if all laws hold. */
export async function check({ history, database, skew = SKEW }) {
  const findings = new Findings();
  const find = (...finding) => findings.add(...finding);
  const figures = { acknowledged: 0, unknown: 0, failed: 0, live: 0, paged: 0, joins: 0, sockets: 0 };
  const world = { log: await Log.read(database), operations: new Operations(), find, figures, skew, folder: database };
  const files = fs.readdirSync(history).filter((name) => name.endsWith('.jsonl')).sort().map((name) => path.join(history, name));
  const clients = files.filter((file) => path.basename(file).startsWith('clients'));
  for (const file of files) {
    if (clients.includes(file)) continue;
    for await (const { line, place } of linesOf(file)) world.operations.take(line, place, find);
  }
  for (const law of [numbers, acknowledged, attempted, once, order, projections]) law(world);
  const laws = [contiguous, complete, bytes, rights, changes].map((law) => law(world));
  for (const file of clients) {
    for await (const { line, place } of linesOf(file)) {
      count(world, line);
      for (const law of laws) law.take(line, place);
    }
  }
  settle(world);
  for (const law of laws) law.end();
  await stream(world);
  for (const name of ['acknowledged', 'live', 'joins', 'pairs']) {
    if (!figures[name]) find('proof', `nothing was ${name}: this proves nothing`, path.basename(history));
  }
  return { findings: findings.list(), figures };
}

/** Counts, and remembers when an event was first known. */
function count({ log, figures }, line) {
  if (line.k === 'connect') figures.sockets += 1;
  if (line.k === 'join') figures.joins += 1;
  if (line.k === 'event') {
    figures.live += 1;
    log.conversations.get(line.conversation)?.seen(line.seq, line.t);
  }
  if (line.k === 'joined' && line.ok) {
    figures.paged += line.events.length;
    log.conversations.get(line.conversation)?.seen(line.seq, line.t);
  }
}

function settle({ log, operations, figures }) {
  const keys = new Set();
  for (const { do: what, conversation, actor, clientId, target, end } of operations.all()) {
    const deletion = what === 'delete' ? log.conversations.get(conversation)?.deletionOf(target)?.seq : undefined;
    const seq = what === 'edit' ? log.byKey(conversation, actor, clientId)?.seq : deletion ?? end?.seq;
    if (end?.k === 'ok' && what !== 'read' && seq !== undefined) log.conversations.get(conversation)?.seen(seq, end.t);
    if (what !== 'send') continue;
    if (end?.k === 'ok') keys.add(Log.key(conversation, actor, clientId));
    else figures[end?.k === 'fail' ? 'failed' : 'unknown'] += 1;
  }
  figures.acknowledged = keys.size;
  for (const conversation of log.conversations.values()) conversation.settle();
}

class Findings {
  #list = [];
  #counts = new Map();

  add(law, what, ...where) {
    const number = (this.#counts.get(law) ?? 0) + 1;
    this.#counts.set(law, number);
    if (number <= TOLD) this.#list.push({ law, what, where: where.filter(Boolean) });
  }

  list() {
    const rest = [...this.#counts].filter(([, number]) => number > TOLD);
    return [...this.#list, ...rest.map(([law, number]) => ({ law, what: `and ${number - TOLD} more`, where: [] }))];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    console.error('usage: node checker/check.mjs FOLDER (with history/ and database/ in it)');
    process.exit(64);
  }
  const { findings, figures } = await check({ history: path.join(folder, 'history'), database: path.join(folder, 'database') });
  for (const { law, what, where } of findings) console.log(`${law}: ${what}${where.length > 0 ? `  [${where.join(', ')}]` : ''}`);
  console.log(JSON.stringify(figures));
  console.log(findings.length === 0 ? 'all laws hold' : `${findings.length} breaches told`);
  process.exit(findings.length === 0 ? 0 : 1);
}
