// A process of JavaScript clients: `node clients.mjs --spec FILE --history FILE`. It runs until its stdin closes.
// A line `standing` on stdin is answered by where every client stands, `deaf CLIENT MS` stops a reader for a while.

import fs from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import readline from 'node:readline';
import { parseArgs } from 'node:util';

import { Random } from '../harness/random.mjs';
import { Client } from './client.mjs';
import { History } from './history.mjs';

const { values: options } = parseArgs({ options: { spec: { type: 'string' }, history: { type: 'string' } } });
const spec = JSON.parse(fs.readFileSync(options.spec, 'utf8'));
const history = new History(options.history);
const clients = new Map(spec.clients.map((one) => [one.name, new Client(one, spec.gateways, history, Random.named(spec.seed, one.name))]));
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const commands = {
  standing: () => answer(Object.fromEntries([...clients].map(([name, client]) => [name, client.standing()]))),
  deaf: (name, ms) => answer({ deaf: clients.get(name).deaf(Number(ms)) }),
};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [name, ...args] = line.split(' ');
    commands[name](...args);
  })
  .on('close', () => {
    for (const client of clients.values()) client.stop();
    history.close();
    answer({ eventLoopMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 } });
    // What was under way has no reader any more.
    process.exit(0);
  });

for (const client of clients.values()) client.start();
