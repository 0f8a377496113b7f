// Real faults against a real fleet, for MINUTES (3 by default) with SEED (1 by default; `make chaos` takes any): every law holds. A failure
// names lines of the histories, which stay in target/chaos/.

import test from 'node:test';

import { lawsHold } from './laws-hold.mjs';

test('a fleet under kills, pauses and broken links loses, doubles and swaps nothing', async () => {
  await lawsHold('chaos', process.env.MINUTES || 3);
});
