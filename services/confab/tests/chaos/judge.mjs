// Whether a run was good: what the checker finds in the histories and the database, what `confab verify` finds, and
// what a run has to show to prove anything at all. Writes the report.

import fs from 'node:fs/promises';
import path from 'node:path';

import { check } from '../checker/check.mjs';
import { figuresOf, lines } from './figures.mjs';
import { report } from './report.mjs';
import { timeline } from './timeline.mjs';

/** Gives {wrong: [text], folder, figures}. */
export async function judge(run) {
  const { folder, mode, times } = run;
  const { seed, minutes, written, missing, differences, broken, loops } = run;
  await fs.writeFile(path.join(folder, 'run.json'), JSON.stringify({ mode: mode.name, seed, minutes, times, written, missing, differences, broken, loops }, null, 1));
  const begun = Date.now();
  const { findings, figures: checked } = await check({ history: path.join(folder, 'history'), database: path.join(folder, 'database') });
  const faults = [];
  for await (const line of lines(path.join(folder, 'history', 'faults.jsonl'))) if (line.k === 'fault') faults.push(line);
  const away = mode.name === 'nats-away' ? [faults[0].t, faults[0].until] : undefined;
  const figures = await figuresOf(folder, times.start, away);
  const wrong = [
    ...findings.map(({ law, what, where }) => `${law}: ${what} ${JSON.stringify(where ?? [])}`),
    ...differences.map((difference) => `confab verify: ${JSON.stringify(difference)}`), ...broken, ...missing, ...tooLittle(mode.least, minutes, { ...figures, changes: checked.changes, sent: written.sent }, faults),
    ...(mode.name !== 'calm' && times.healMs > run.healWithinMs ? [`healed after ${Math.round(times.healMs)} ms`] : []),
  ];
  const result = { ...run, figures, checked, findings, faults, wrong, checkMs: Date.now() - begun };
  await fs.writeFile(path.join(folder, 'timeline.svg'), timeline(result));
  const text = report(result);
  await fs.writeFile(path.join(folder, 'report.md'), text);
  run.say(text);
  return { wrong, folder, figures };
}

/** Of what was said so much has to be acknowledged: how much is said in a minute is the machine's affair. */
const ACKNOWLEDGED = 0.5;

/** A run in which little happened proves nothing. */
function tooLittle(least, minutes, figures, faults) {
  const count = (kind) => faults.filter((fault) => fault.kind === kind).length;
  const had = { acknowledged: figures.acknowledged, changes: figures.changes, kills: count('kill'), pauses: count('pause'), links: count('link') };
  const wanted = (name) => Math.floor((least[name] ?? 0) * minutes);
  const wrong = Object.entries(had).filter(([name, number]) => number < wanted(name)).map(([name, number]) => `only ${number} ${name}, ${wanted(name)} wanted`);
  if (figures.acknowledged < ACKNOWLEDGED * figures.sent) wrong.push(`only ${figures.acknowledged} of ${figures.sent} messages were acknowledged`);
  for (const target of least.targets ?? []) {
    if (!faults.some((fault) => fault.kind === 'kill' && fault.target === target)) wrong.push(`no kill of ${target}`);
  }
  if (least.deliveredP99Ms && figures.windowFromSend.p99 === null) wrong.push('nothing was delivered without NATS');
  if (least.deliveredP99Ms && figures.windowFromSend.p99 > least.deliveredP99Ms) wrong.push(`p99 from send to receipt was ${figures.windowFromSend.p99} ms without NATS`);
  return wrong;
}
