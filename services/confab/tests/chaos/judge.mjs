// Whether a run was good: what the checker finds in the histories, and what the run itself has to show.

import fs from 'node:fs/promises';
import path from 'node:path';

export async function judge(run) {
  const { folder, faults, written, stood, times, broken, say } = run;
  say(JSON.stringify({ written, counts: faults.counts, skipped: faults.skipped, healMs: times.healMs, loops: run.loops, stood: stood.slice(0, 10), broken }, null, 1));
  await fs.writeFile(path.join(folder, 'run.json'), JSON.stringify({ times }));
  return { wrong: [...broken, ...stood], folder };
}
