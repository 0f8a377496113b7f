// The timeline of a run as SVG: what was broken when, how late events came (log scale), how much was acknowledged.

const WIDTH = 1240;
const LEFT = 96;
const RIGHT = 24;
const BAR = 7;
const COLOURS = { kill: '#d62839', pause: '#f4a259', link: '#3a86c8', reader: '#8f6bb3' };
const NAMES = { kill: 'kill -9', pause: 'SIGSTOP', link: 'link', reader: 'reader stops' };
const LINES = [['max', '#b9c4cc', 1], ['p99', '#d1495b', 1.6], ['p50', '#1b7f79', 1.8]];

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const text = (x, y, value, more = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(value)}</text>`;

export function timeline({ mode, seed, minutes, times, faults, figures, wrong }) {
  const end = Math.max((times.end - times.start) / 1e6, ...figures.seconds.map(({ second }) => second + 1));
  const x = (second) => LEFT + (Math.min(Math.max(second, 0), end) / end) * (WIDTH - LEFT - RIGHT);
  const parts = [];
  let y = 64;
  const rows = faultRows(faults, times);
  parts.push(bars(rows, x, y));
  y += rows.reduce((sum, row) => sum + row.tracks * (BAR + 2) + 5, 0) + 30;
  parts.push(latency(figures.seconds, x, y, 200));
  y += 200 + 44;
  parts.push(rate(figures.seconds, x, y, 90));
  y += 90;
  parts.push(clock(end, x, y), healed(x((times.healed - times.start) / 1e6), x((times.healed - times.start) / 1e6 + times.healMs / 1000), y));
  const verdict = wrong.length === 0 ? 'all laws held' : `${wrong.length} wrong`;
  const head = text(LEFT, 30, `${mode.name}, seed ${seed}, ${minutes} min: ${figures.acknowledged.toLocaleString('en')} acknowledged, ${figures.live.toLocaleString('en')} delivered live, ${verdict}`, 'class="head"');
  const height = y + 46;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="#3d4852">
<style>.head{font-size:16px;font-weight:600;fill:#1f2933}.title{font-weight:600;fill:#1f2933}.grid{stroke:#e4e9ed;stroke-width:1}</style>
<rect width="100%" height="100%" fill="#fff"/>
${head}${legend(Object.entries(COLOURS).map(([kind, colour]) => [NAMES[kind], colour]), 48)}
${parts.join('\n')}
</svg>
`;
}

/** [{name, tracks, bars: [{from, to, track, kind, title}]}]: faults of one row that overlap lie on tracks of their own. */
function faultRows(faults, times) {
  const rows = new Map();
  const order = ['api', 'gateway', 'nats', 'postgres', 'confab', 'link', 'reader'];
  const name = (fault) => (['link', 'reader'].includes(fault.target) ? `${fault.target}s` : fault.victim ?? fault.target);
  const rank = (fault) => order.indexOf(fault.target === 'leader' ? 'api' : fault.target);
  for (const fault of [...faults].sort((a, b) => rank(a) - rank(b) || name(a).localeCompare(name(b)) || a.t - b.t)) {
    const key = name(fault);
    if (!rows.has(key)) rows.set(key, { name: key, ends: [], bars: [] });
    const row = rows.get(key);
    const from = (fault.t - times.start) / 1e6;
    const to = Math.max((fault.until - times.start) / 1e6, from + 0.2);
    let track = row.ends.findIndex((busy) => busy <= from);
    if (track < 0) track = row.ends.length;
    row.ends[track] = to;
    row.bars.push({ from, to, track, kind: fault.kind, title: `${fault.name}, ${((fault.until - fault.t) / 1e6).toFixed(1)} s` });
  }
  return [...rows.values()].map((row) => ({ ...row, tracks: row.ends.length }));
}

function bars(rows, x, top) {
  let y = top;
  return rows.map((row) => {
    const height = row.tracks * (BAR + 2) + 5;
    const drawn = row.bars.map(({ from, to, track, kind, title }) => `<rect x="${x(from).toFixed(1)}" y="${y + track * (BAR + 2)}" width="${Math.max(2, x(to) - x(from)).toFixed(1)}" height="${BAR}" rx="1.5" fill="${COLOURS[kind]}"><title>${escape(title)}</title></rect>`);
    const label = text(LEFT - 8, y + height / 2 + 1, row.name, 'text-anchor="end"');
    const line = `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y + height - 3}" y2="${y + height - 3}"/>`;
    y += height;
    return line + label + drawn.join('');
  }).join('\n');
}

function latency(seconds, x, top, height) {
  const [low, high] = [1, Math.max(1000, ...seconds.map(({ max }) => max ?? 0))].map(Math.log10);
  const y = (ms) => top + height - ((Math.log10(Math.max(1, ms)) - low) / (high - low)) * height;
  const marks = [1, 10, 100, 250, 1000, 10_000, 60_000].filter((ms) => Math.log10(ms) <= high);
  const grid = marks.map((ms) => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ms).toFixed(1)}" y2="${y(ms).toFixed(1)}"/>${text(LEFT - 8, y(ms) + 4, ms < 1000 ? `${ms} ms` : `${ms / 1000} s`, 'text-anchor="end"')}`);
  const drawn = LINES.map(([key, colour, width]) => `<path fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round" d="${path(seconds, key, x, y)}"/>`);
  const title = text(LEFT, top - 8, 'from commit to receipt of live events, per second', 'class="title"');
  return title + legend(LINES.map(([key, colour]) => [key, colour]), top - 8) + grid.join('') + drawn.join('');
}

/** A gap where nothing came. */
function path(seconds, key, x, y) {
  let before = null;
  return seconds.filter((one) => one[key] !== null).map((one) => {
    const move = before !== null && one.second - before <= 1 ? 'L' : 'M';
    before = one.second;
    return `${move}${x(one.second + 0.5).toFixed(1)} ${y(one[key]).toFixed(1)}`;
  }).join('');
}

function rate(seconds, x, top, height) {
  const most = Math.max(10, ...seconds.map(({ acknowledged }) => acknowledged));
  const drawn = seconds.filter(({ acknowledged }) => acknowledged > 0).map(({ second, acknowledged }) => {
    const tall = (acknowledged / most) * height;
    return `<rect x="${x(second).toFixed(1)}" y="${(top + height - tall).toFixed(1)}" width="${Math.max(0.8, x(second + 1) - x(second) - 0.4).toFixed(1)}" height="${tall.toFixed(1)}" fill="#5b8e7d"/>`;
  });
  const marks = [[most, top], [0, top + height]].map(([value, y]) => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>${text(LEFT - 8, y + 4, value, 'text-anchor="end"')}`);
  return text(LEFT, top - 8, 'messages acknowledged per second', 'class="title"') + marks.join('') + drawn.join('');
}

function clock(end, x, y) {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300].find((seconds) => end / seconds <= 14) ?? 600;
  const marks = [];
  for (let at = 0; at <= end; at += step) marks.push(text(x(at), y + 16, `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}`, 'text-anchor="middle"'));
  return marks.join('');
}

function healed(from, to, bottom) {
  return `<rect x="${from.toFixed(1)}" y="58" width="${Math.max(1.5, to - from).toFixed(1)}" height="${bottom - 58}" fill="#2a9d8f" opacity="0.18"/>${text(Math.min(from, WIDTH - 150), bottom + 32, 'last fault over', 'fill="#1b7f79"')}`;
}

function legend(entries, y) {
  let right = WIDTH - RIGHT;
  return [...entries].reverse().map(([name, colour]) => {
    right -= 26 + name.length * 6;
    return `<rect x="${right}" y="${y - 8}" width="9" height="9" rx="2" fill="${colour}"/>${text(right + 13, y, name)}`;
  }).join('');
}
