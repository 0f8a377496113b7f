// The single binary on SQLite is killed by -9 some fifty times while everybody writes and reads: every law holds.

import test from 'node:test';

import { lawsHold } from './laws-hold.mjs';

test('one node killed again and again loses, doubles and swaps nothing', async () => {
  await lawsHold('embedded', process.env.EMBEDDED_MINUTES || 1);
});
