// Runs the contestants round by round, each from a fresh start, and prints one table. `make bench` and `make bench-quick` call it.
//
// A round is every contestant once in every scene; a ratio is of those that ran next to each other in one round.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { Things } from '../../confab/tests/harness/scenario.mjs';
import { chart } from './chart.mjs';
import { BENCH } from './contestants.mjs';
import { wrong } from './figures.mjs';
import { GOALS } from './goals.mjs';
import { table } from './report.mjs';
import { SCENES } from './scenes.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' }, seconds: { type: 'string', default: '2' }, scenes: { type: 'string' },
    chart: { type: 'string' }, raw: { type: 'boolean', default: false },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const chosen = values.scenes?.split(',') ?? Object.keys(SCENES);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is a whole number from 1 on, not ${values.rounds}`);
if (!(seconds > 0)) throw new Error(`--seconds is a number above 0, not ${values.seconds}`);
const unknown = chosen.filter((name) => !(name in SCENES));
if (unknown.length > 0) throw new Error(`there is no scene ${unknown.join(', ')}: they are ${Object.keys(SCENES).join(', ')}`);

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

/** Something of a scene, with all that it starts. */
async function alone(work) {
  const things = new Things();
  try {
    const outcome = await work(things);
    things.check();
    return outcome;
  } catch (error) {
    process.stderr.write(`${things.logs()}\n`);
    throw error;
  } finally {
    await things.close();
  }
}

/** One contestant in one scene. */
const measured = (start, scene) => alone(async (things) => {
  const contestant = await start(things, scene);
  const outcome = await load({
    ...contestant,
    rate: scene.idle ? 1 : scene.rate,
    deliveriesAhead: scene.ahead,
    opening: scene.opening ?? 16,
    warmUpSeconds: scene.idle ? 0 : 1,
    seconds: scene.idle ? 1 : seconds,
    bodyBytes: 120,
  });
  return { ...outcome, sockets: contestant.listeners.length };
});

const ratios = new Map(GOALS.map((goal) => [goal, []]));
const flaws = Object.fromEntries(chosen.map((name) => [name, new Set()]));
for (let round = 1; round <= rounds; round++) {
  for (const name of chosen) {
    const scene = SCENES[name];
    const began = Date.now();
    const outcomes = {};
    for (const [who, start] of Object.entries(scene.loads)) {
      outcomes[who] = await measured(start, scene);
      for (const what of wrong(outcomes[who], scene.idle ? undefined : scene.rate)) flaws[name].add(`${who}: ${what}`);
    }
    for (const [what, measure] of Object.entries(scene.limits ?? {})) {
      outcomes[what] = await alone((things) => measure(things, { rate: scene.rate, seconds }));
    }
    process.stderr.write(`round ${round} of ${rounds}, ${scene.name}: ${Math.round((Date.now() - began) / 1000)} s\n`);
    if (values.raw) process.stderr.write(`${JSON.stringify({ round, name, outcomes })}\n`);
    for (const goal of GOALS.filter(({ scene: of }) => of === name)) {
      ratios.get(goal).push(goal.of(outcomes));
      process.stderr.write(`  ${goal.what}: ${ratios.get(goal).at(-1).toFixed(2)}\n`);
    }
  }
}

const rows = GOALS.filter(({ scene }) => chosen.includes(scene))
  .map((goal) => ({ ...goal, where: SCENES[goal.scene].name, values: ratios.get(goal) }));
process.stdout.write(table(rows, flaws, SCENES, rounds));
if (values.chart) await fs.writeFile(values.chart, chart(rows));
