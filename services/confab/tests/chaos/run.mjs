// One run from its plan to its report: `node chaos/run.mjs --minutes 10 --seed 7 [--mode chaos|calm|nats-away|embedded]`.
// `--heal-within MS` allows more time to heal than is promised; `--tidy` leaves of a good run its report only.
// Everything it starts is its own and gone afterwards; what it leaves is the folder target/chaos/<mode>-<seed>.

import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Things } from '../harness/scenario.mjs';
import { MODES } from './modes.mjs';
import { Stage } from './stage.mjs';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

const randomSeed = () => 1 + Math.floor(Math.random() * 999_999);

/** What is promised after the last fault. */
const HEAL_MS = 10_000;

/** Gives {wrong: [text], folder, figures}: the run was good if `wrong` is empty. Without `keep` a good one leaves its report only. */
async function run({ mode = 'chaos', minutes, seed, healWithinMs, keep, say = console.log }) {
  const things = new Things();
  const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');
  const folder = path.join(target, 'chaos', `${mode}-${seed}`);
  const leave = () => things.close().finally(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    const stage = new Stage(things, { mode: { name: mode, ...MODES[mode] }, minutes: minutes ?? MODES[mode].minutes, seed, healWithinMs, folder, say });
    const result = await stage.play();
    if (!keep && result.wrong.length === 0) {
      for (const name of ['history', 'database', 'specs', 'logs']) await fs.rm(path.join(folder, name), { recursive: true });
    }
    return result;
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    await things.close();
  }
}

const OPTIONS = { minutes: { type: 'string' }, seed: { type: 'string' }, mode: { type: 'string' }, 'heal-within': { type: 'string' }, tidy: { type: 'boolean' } };
const { values } = parseArgs({ options: OPTIONS });
const { wrong } = await run({
  mode: values.mode || 'chaos', minutes: values.minutes ? Number(values.minutes) : undefined,
  seed: Number(values.seed || randomSeed()), healWithinMs: Number(values['heal-within'] || HEAL_MS), keep: !values.tidy,
});
process.exit(wrong.length === 0 ? 0 : 1);
