// The process of everybody who writes, changes, moderates and reads: `node writers.mjs --spec FILE --history FILE`. It begins at once. A line
// `stop` on stdin is answered when everything that was begun has ended, `restore` when everybody has their rights
// back, `read` when everything was read once more; it ends when stdin closes.

import fs from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import readline from 'node:readline';
import { parseArgs } from 'node:util';

import { Random } from '../harness/random.mjs';
import { Changer, Spoken } from './changer.mjs';
import { History } from './history.mjs';
import { Moderator } from './moderator.mjs';
import { Operations } from './operations.mjs';
import { Reads } from './reads.mjs';
import { Writer } from './writer.mjs';

const CHANGERS = 6;

const { values: options } = parseArgs({ options: { spec: { type: 'string' }, history: { type: 'string' } } });
const spec = JSON.parse(fs.readFileSync(options.spec, 'utf8'));
const history = new History(options.history);
const random = (name) => Random.named(spec.seed, name);
const operations = new Operations(history, 'w');
const spoken = new Spoken();
const writers = spec.lanes.map((lane) => new Writer({ ...lane, person: spec.people[lane.user] }, spec.apis, spoken, operations, random(lane.name)));
const readers = {};
for (const { user, conversations } of spec.lanes) for (const id of conversations) (readers[id] ??= []).push(user);
const owners = Object.fromEntries(spec.groups.map(({ id, owner }) => [id, owner]));
const changers = Array.from({ length: CHANGERS }, (_, i) => (
  new Changer({ ...spec, readers, owners, intervalMs: (CHANGERS / spec.changesPerSecond) * 1000 }, spoken, operations, random(`changer ${i}`))));
const moderator = new Moderator(spec, operations, random('moderator'));
const reads = new Reads(spec, operations, random('reader'));
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const everybody = [...writers, ...changers, moderator, reads];
const under = everybody.map((one) => one.run());
// A defect of ours ends the process at once, and the run with it.
for (const one of under) one.catch((error) => { throw error; });

async function stop() {
  for (const one of everybody) one.stop();
  await Promise.all(under);
  await Promise.all([...writers, ...changers].map((one) => one.settled()));
  const sum = (key) => writers.reduce((all, writer) => all + writer[key], 0);
  process.stdout.write(`${JSON.stringify({ ...operations.figures, sent: sum('sent'), repeats: sum('repeats') })}\n`);
}

async function restore() {
  await moderator.restore();
  process.stdout.write('{}\n');
}

async function read() {
  await reads.all();
  process.stdout.write('{}\n');
}

const commands = { stop, restore, read };
readline.createInterface({ input: process.stdin })
  .on('line', (line) => commands[line]())
  .on('close', () => {
    history.close();
    process.stdout.write(`${JSON.stringify({ eventLoopMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 } })}\n`);
    process.exit(0);
  });
