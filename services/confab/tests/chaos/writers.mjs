// The process of everybody who writes: `node writers.mjs --spec FILE --history FILE`. It begins at once. A line
// `stop` on stdin is answered when everything that was begun has ended, `restore` when everybody has their rights
// back; it ends when stdin closes.

import fs from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import readline from 'node:readline';
import { parseArgs } from 'node:util';

import { Random } from '../harness/random.mjs';
import { sleep } from '../harness/wait.mjs';
import { History } from './history.mjs';
import { Moderator } from './moderator.mjs';
import { Operations } from './operations.mjs';
import { Writer } from './writer.mjs';

const { values: options } = parseArgs({ options: { spec: { type: 'string' }, history: { type: 'string' } } });
const spec = JSON.parse(fs.readFileSync(options.spec, 'utf8'));
const history = new History(options.history);
const random = (name) => Random.named(spec.seed, name);
const operations = new Operations(history, 'w');
const writers = spec.lanes.map((lane) => new Writer({ ...lane, person: spec.people[lane.user] }, spec.apis, operations, random(lane.name)));
const moderator = new Moderator(spec, operations, random('moderator'));
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let stopped = false;

/** Reads by HTTP, also of those who may no longer. */
async function read() {
  const chance = random('reader');
  while (!stopped) {
    await sleep(chance.between(100, 500));
    const { conversations, user } = chance.pick(spec.lanes);
    const id = chance.pick(conversations);
    const what = chance.pick(['messages?limit=20', 'events?after=0&limit=5']);
    await operations.http({ do: 'read', conversation: id }, spec.people[user], chance.pick(spec.apis), `GET /api/conversations/${id}/${what}`);
  }
}

const moderating = moderator.run();
const under = writers.map((writer) => writer.run()).concat(read());
// A defect of ours ends the process at once, and the run with it.
for (const one of [...under, moderating]) one.catch((error) => { throw error; });

async function stop() {
  stopped = true;
  for (const one of [...writers, moderator]) one.stop();
  await Promise.all([...under, moderating]);
  await Promise.all(writers.map((writer) => writer.settled()));
  const sum = (key) => writers.reduce((all, writer) => all + writer[key], 0);
  process.stdout.write(`${JSON.stringify({ ...operations.figures, sent: sum('sent'), repeats: sum('repeats') })}\n`);
}

async function restore() {
  await moderator.restore();
  process.stdout.write('{}\n');
}

const commands = { stop, restore };
readline.createInterface({ input: process.stdin })
  .on('line', (line) => commands[line]())
  .on('close', () => {
    history.close();
    process.stdout.write(`${JSON.stringify({ eventLoopMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 } })}\n`);
    process.exit(0);
  });
