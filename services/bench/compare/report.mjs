// The figures as one Markdown table.

import { median, spread } from './figures.mjs';
import { verdict } from './goals.mjs';

const MARKS = { beyond: '★', reached: '✓', missed: '✗' };

/** `rows`: goals with `where` and the `values` of the rounds; `flaws`: of each scene, what was lost, doubled, swapped or too slow. */
export function table(rows, flaws, scenes, rounds) {
  const lines = rows.map((row) => {
    const sign = row.best === 'small' ? '≤' : '≥';
    const mark = MARKS[verdict(row, median(row.values))];
    return `| ${row.where}: ${row.what} | ${spread(row.values, row.digits)} | ${sign} ${row.goal} | ${sign} ${row.stretch} | ${mark} |`;
  });
  const found = Object.entries(flaws).flatMap(([name, list]) => [...list].map((flaw) => `- ${scenes[name].name}, ${flaw}\n`));
  return `| what, median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} (range) | measured | goal | stretch | |
|---|---|---|---|---|
${lines.join('\n')}

★ beyond the stretch goal, ✓ goal reached, ✗ missed. ${found.length === 0 ? 'Nobody lost, doubled or swapped a message, or refused one.' : `Flaws:\n\n${found.join('')}`}
`;
}
