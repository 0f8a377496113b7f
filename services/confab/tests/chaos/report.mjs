// The report of a run as Markdown: what was done to the system, what it did, and whether a promise broke.

import path from 'node:path';

/** Rows of the verdict: what a reader asks, and the laws of the checker that answer it. */
const VERDICT = [
  ['lost', ['acknowledged', 'complete', 'resume']],
  ['duplicated', ['duplicate']],
  ['out of order', ['order']],
  ['gaps', ['contiguous', 'numbers']],
  ['phantom', ['phantom', 'refused']],
  ['leaked', ['rights']],
  ['changed otherwise than asked', ['changes']],
  ['shown as it never was', ['shown']],
  ['changed on the way', ['bytes']],
  ['CONFAB_LOG differs', ['stream']],
  ['projections differ', ['projections']],
];
const SHOWN = 40;

const round = (number, digits = 0) => (number === null || number === undefined ? '–' : number.toLocaleString('en', { maximumFractionDigits: digits }));
const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');

export function report(run) {
  const { mode, seed, minutes, wrong } = run;
  return [
    `# ${mode.name} · seed ${seed} · ${minutes} min · ${wrong.length === 0 ? 'all laws held' : `${wrong.length} wrong`}`,
    '![timeline](timeline.svg)',
    '## What held', verdict(run),
    '## What was done', doings(run),
    '## What came of it', outcome(run),
    ...(wrong.length === 0 ? [] : ['## What is wrong', wrong.slice(0, SHOWN).map((text) => `- ${text}`).join('\n'), ...(wrong.length > SHOWN ? [`${wrong.length - SHOWN} more.`] : [])]),
    '## Again', again(run), '',
  ].join('\n\n');
}

function verdict({ findings, differences, times, wrong }) {
  const known = VERDICT.flatMap(([, laws]) => laws);
  const count = (laws) => findings.filter(({ law }) => laws.includes(law)).length;
  const others = [...new Set(findings.map(({ law }) => law))].filter((law) => !known.includes(law)).map((law) => [law, [law]]);
  const rows = [...VERDICT, ...others].map(([name, laws]) => [name, `**${count(laws)}**`]);
  rows.push(['`confab verify` disagrees', `**${differences.length}**`]);
  rows.push(['everybody holds everything after the last fault', `**${round(times.healMs / 1000, 2)} s**`]);
  rows.push(['anything else wrong', `${wrong.length - findings.length - differences.length}`]);
  return table(['', ''], rows);
}

function doings({ faults, written, figures }) {
  const kinds = ['kill', 'pause', 'link', 'reader'];
  const targets = ['api', 'gateway', 'leader', 'nats', 'postgres', 'confab', 'link', 'reader'];
  const rows = kinds.map((kind) => {
    const own = faults.filter((fault) => fault.kind === kind);
    const spread = targets.map((target) => [target, own.filter((fault) => fault.target === target).length]).filter(([, n]) => n > 0);
    const how = kind === 'link' ? by(own, (fault) => fault.name.split(' ')[0]) : spread;
    return [{ kill: 'kill -9', pause: 'SIGSTOP', link: 'link faults', reader: 'readers that stop' }[kind], own.length, how.map(([name, n]) => `${n} ${name}`).join(', ')];
  }).filter(([, n]) => n > 0);
  rows.push(['requests to send', round(figures.attempts), `of ${round(written.sent)} messages; ${round(written.repeats)} repeated although nothing was wrong`]);
  rows.push(['joins', round(figures.joins), `by ${round(figures.sockets)} sockets; ${round(figures.refusedJoins)} refused`]);
  return table(['what', 'times', ''], rows);
}

function by(list, key) {
  const counts = new Map();
  for (const one of list) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function outcome({ figures, checked, loops, checkMs, mode }) {
  const { fromCommit, fromSend } = figures;
  const ms = ({ p50, p99, max }) => [p50, p99, max].map((number) => round(number, 1));
  const rows = [
    ['messages acknowledged', round(figures.acknowledged), '', ''],
    ['requests without an answer', round(figures.unknown), '', ''],
    ['requests refused', round(figures.failed), '', ''],
    ['events in the log', round(figures.events), '', ''],
    ['of these changes of messages', round(checked.changes), '', ''],
    ['live events received', round(figures.live), '', ''],
    ['events received in pages', round(figures.paged), '', ''],
  ].map(([name, value]) => [name, value]);
  return [
    table(['', ''], rows),
    table(['latency of live events, ms', 'p50', 'p99', 'max'], [
      ['from commit to receipt', ...ms(fromCommit)], ['from the first request to receipt', ...ms(fromSend)],
      ...(mode.name === 'nats-away' ? [['without NATS: from commit to receipt', ...ms(figures.windowFromCommit)], ['without NATS: from the first request to receipt', ...ms(figures.windowFromSend)]] : []),
    ]),
    table(['event loop of our own processes, ms late', 'p99', 'max'], Object.entries(loops).filter(([, loop]) => loop).map(([name, { p99, max }]) => [name, round(p99, 1), round(max, 1)])),
    `Checked in ${round(checkMs / 1000, 1)} s.`,
  ].join('\n\n');
}

function again({ mode, seed, minutes, folder }) {
  const target = mode.name === 'chaos' ? 'chaos' : `chaos-${mode.name}`;
  const command = mode.name === 'calm' ? 'node services/confab/tests/chaos/run.mjs --mode calm' : `make ${target}`;
  const options = mode.name === 'calm' ? `--minutes ${minutes} --seed ${seed}` : `MINUTES=${minutes} SEED=${seed}`;
  return `\`${command} ${options}\` plans the same run; \`node services/confab/tests/checker/check.mjs ${path.relative(process.cwd(), folder)}\` checks these histories again.`;
}
