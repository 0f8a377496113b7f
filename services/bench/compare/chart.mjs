// The figures as one picture: how far each is from its goal, on one scale for all.

import { median } from './figures.mjs';
import { verdict } from './goals.mjs';

const [LEFT, WIDTH, ROW, TOP, BOTTOM] = [470, 420, 34, 56, 44];
/** Times better than the goal, from the left edge of the scale to the right one. */
const [WORST, BEST] = [0.25, 8];

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
/** How many times better than its goal. */
const better = ({ best, goal }, value) => (best === 'small' ? goal / value : value / goal);
const x = (times) => {
  const inside = Math.min(BEST, Math.max(WORST, times));
  return LEFT + (WIDTH * Math.log2(inside / WORST)) / Math.log2(BEST / WORST);
};

/** SVG. `rows`: goals with `where` and the `values` of the rounds. */
export function chart(rows) {
  const height = TOP + rows.length * ROW + BOTTOM;
  const scale = [0.25, 0.5, 1, 2, 4, 8].map((times) => `
  <line class="${times === 1 ? 'goal' : 'grid'}" x1="${x(times)}" x2="${x(times)}" y1="${TOP - 8}" y2="${height - BOTTOM}"/>
  <text class="soft" x="${x(times)}" y="${height - BOTTOM + 18}" text-anchor="middle">${times === 1 ? 'goal' : `${times} ×`}</text>`);
  const lines = rows.map((row, index) => {
    const y = TOP + index * ROW + ROW / 2;
    const middle = median(row.values);
    const [low, high] = [Math.min(...row.values), Math.max(...row.values)].map((value) => x(better(row, value)));
    return `
  <text x="${LEFT - 16}" y="${y - 3}" text-anchor="end">${escaped(row.what)}</text>
  <text class="soft" x="${LEFT - 16}" y="${y + 11}" text-anchor="end">${escaped(row.where)}</text>
  <line class="range" x1="${low}" x2="${high}" y1="${y}" y2="${y}"/>
  <line class="stretch" x1="${x(better(row, row.stretch))}" x2="${x(better(row, row.stretch))}" y1="${y - 8}" y2="${y + 8}"/>
  <circle class="${verdict(row, middle)}" cx="${x(better(row, middle))}" cy="${y}" r="6"/>
  <text x="${LEFT + WIDTH + 14}" y="${y + 4}">${middle.toFixed(row.digits ?? 2)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 80} ${height}" role="img" aria-label="How far each figure is from its goal">
<style>
  svg { font: 12px system-ui, sans-serif; --ink: #1f2328; --soft: #656d76; --grid: #d8dee4; background: #ffffff; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --soft: #9198a1; --grid: #30363d; background: #0d1117; } }
  text { fill: var(--ink); } .soft { fill: var(--soft); font-size: 11px; } .grid { stroke: var(--grid); }
  .goal { stroke: var(--ink); stroke-width: 1.5; } .stretch { stroke: var(--soft); stroke-width: 2; } .range { stroke: var(--soft); stroke-width: 3; stroke-linecap: round; opacity: .5; }
  .beyond { fill: #1a7f37; } .reached { fill: #2da44e; } .missed { fill: #cf222e; }
</style>
<text x="${LEFT}" y="22">worse than the goal</text><text x="${LEFT + WIDTH}" y="22" text-anchor="end">better →</text>
<text class="soft" x="${LEFT}" y="38">dot: median of the rounds, bar: their range, tick: stretch goal</text>${scale.join('')}${lines.join('')}
</svg>
`;
}
