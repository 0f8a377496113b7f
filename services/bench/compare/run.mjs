// Runs the contestants round by round, each from a fresh start, and prints one table. `make bench` and `make bench-quick` call it.
//
// A round is every contestant once in every shape; a ratio is of two that ran next to each other in one round.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { Things } from '../../confab/tests/harness/scenario.mjs';
import { BENCH, bare, confab } from './contestants.mjs';
import { cpuPerDelivery, kibPerSocket, spread, wrong } from './figures.mjs';
import { SHAPES } from './shapes.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '4' }, seconds: { type: 'string', default: '6' } } });
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is a whole number from 1 on, not ${values.rounds}`);
if (!(seconds > 0)) throw new Error(`--seconds is a number above 0, not ${values.seconds}`);
const CONTESTANTS = { bare, confab: confab(1) };

async function load(spec) {
  const child = spawn(BENCH, ['load'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.end(JSON.stringify(spec));
  let text = '';
  for await (const part of child.stdout) text += part;
  const [code] = await ended;
  if (code !== 0) throw new Error(`the load generator ended with ${code}`);
  return JSON.parse(text);
}

/** One contestant in one shape. */
async function measured(name, shape) {
  const things = new Things();
  try {
    const contestant = await CONTESTANTS[name](things, shape);
    const plan = { rate: shape.rate, opening: 16, warmUpSeconds: 2, seconds, bodyBytes: 120 };
    const outcome = await load({ ...contestant, ...plan });
    things.check();
    return outcome;
  } catch (error) {
    process.stderr.write(`${things.logs()}\n`);
    throw error;
  } finally {
    await things.close();
  }
}

const found = SHAPES.map((shape) => ({ shape, ratios: [], memory: [], wrong: new Set() }));
for (let round = 1; round <= rounds; round++) {
  for (const row of found) {
    const { shape } = row;
    const outcomes = {};
    for (const name of Object.keys(CONTESTANTS)) {
      outcomes[name] = await measured(name, shape);
      for (const what of wrong(outcomes[name], shape.rate)) row.wrong.add(`${name}: ${what}`);
    }
    row.ratios.push(cpuPerDelivery(outcomes.confab) / cpuPerDelivery(outcomes.bare));
    row.memory.push(kibPerSocket(outcomes.confab, shape.rooms * shape.listeners));
    process.stderr.write(`round ${round} of ${rounds}, ${shape.name}: ${row.ratios.at(-1).toFixed(2)}\n`);
  }
}

const lines = found.map(({ shape, ratios, memory, wrong: flaws }) =>
  `| ${shape.name} | ${spread(ratios)} | ≤ ${shape.goal} | ${spread(memory, 0)} | ${[...flaws].join('; ') || 'none'} |`);
process.stdout.write(`| gateway CPU per delivery / bare fan-out, ${rounds} rounds | median (range) | goal | KiB a socket | flaws |
|---|---|---|---|---|
${lines.join('\n')}
`);
