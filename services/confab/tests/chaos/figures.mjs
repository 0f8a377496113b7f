// What a run did, in figures: what was acknowledged and delivered, how long delivery took, second by second. It
// judges nothing. Latency is taken per receipt of a live event, once from the commit (the time in the log) and
// once from the first request that sent it; what comes by a page after a reconnect is counted by itself.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

const SECOND = 1e6;

/** `start` and the `window` [from, to] that is also counted by itself are in microseconds. */
export async function figuresOf(folder, start, window) {
  const log = await readLog(path.join(folder, 'database'));
  const seconds = new Seconds(start);
  const figures = { acknowledged: 0, events: log.events, unknown: 0, failed: 0, attempts: 0, live: 0, paged: 0, sockets: 0, joins: 0, refusedJoins: 0 };
  const all = { fromCommit: [], fromSend: [], windowFromCommit: [], windowFromSend: [] };
  const inWindow = (t) => window && t >= window[0] && t < window[1];
  const history = path.join(folder, 'history');
  const files = fs.readdirSync(history);
  const sends = await readSends(files.filter((name) => !name.startsWith('clients')).map((name) => path.join(history, name)), figures, seconds);
  for (const name of files.filter((file) => file.startsWith('clients'))) {
    for await (const line of lines(path.join(history, name))) {
      if (line.k === 'connect') figures.sockets += 1;
      if (line.k === 'join') figures.joins += 1;
      if (line.k === 'joined' && !line.ok) figures.refusedJoins += 1;
      if (line.k === 'joined' && line.ok) figures.paged += line.events.length;
      if (line.k !== 'event') continue;
      figures.live += 1;
      const row = log.rows.get(`${line.conversation} ${line.seq}`);
      if (!row) continue;
      const fromCommit = Math.max(0, line.t - row.at);
      all.fromCommit.push(fromCommit);
      seconds.at(line.t).latencies.push(fromCommit);
      const fromSend = line.t - (sends.get(row.clientId) ?? line.t);
      all.fromSend.push(fromSend);
      // By when it was sent: what came only after the window was on its way in it all the same.
      if (!inWindow(sends.get(row.clientId) ?? row.at)) continue;
      all.windowFromCommit.push(fromCommit);
      all.windowFromSend.push(fromSend);
    }
  }
  const spreads = Object.fromEntries(Object.entries(all).map(([name, list]) => [name, spread(list)]));
  return { ...figures, ...spreads, seconds: seconds.list() };
}

async function readLog(folder) {
  const rows = new Map();
  let events = 0;
  for await (const row of lines(path.join(folder, 'log.jsonl'))) {
    events += 1;
    if (row.type === 'message.posted') rows.set(`${row.conversationId} ${row.seq}`, { at: microseconds(row.at), clientId: row.clientId });
  }
  return { rows, events };
}

/** When each clientId was sent first. */
async function readSends(files, figures, seconds) {
  const sent = new Map();
  const under = new Map();
  const acknowledged = new Set();
  for (const file of files) {
    for await (const { t, k, op, do: what, clientId } of lines(file)) {
      if (k === 'invoke' && what === 'send') {
        figures.attempts += 1;
        under.set(op, clientId);
        if (!sent.has(clientId)) sent.set(clientId, t);
      }
      if (!under.has(op)) continue;
      if (k === 'unknown') figures.unknown += 1;
      if (k === 'fail') figures.failed += 1;
      if (k !== 'ok' || acknowledged.has(under.get(op))) continue;
      acknowledged.add(under.get(op));
      seconds.at(t).acknowledged += 1;
    }
  }
  figures.acknowledged = acknowledged.size;
  return sent;
}

class Seconds {
  #list = new Map();

  constructor(start) {
    this.start = start;
  }

  at(t) {
    const second = Math.floor((t - this.start) / SECOND);
    let one = this.#list.get(second);
    if (!one) this.#list.set(second, (one = { second, acknowledged: 0, latencies: [] }));
    return one;
  }

  list() {
    return [...this.#list.values()].filter((one) => one.second >= 0).sort((a, b) => a.second - b.second)
      .map(({ second, acknowledged, latencies }) => ({ second, acknowledged, delivered: latencies.length, ...spread(latencies) }));
  }
}

/** {p50, p99, max} in milliseconds; nulls of nothing. */
export function spread(microseconds_) {
  const sorted = Float64Array.from(microseconds_).sort();
  const at = (part) => (sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] / 1000);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** '2026-11-22T12:00:00.123456Z' as microseconds since the epoch. */
export function microseconds(text) {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}

export async function* lines(file) {
  for await (const line of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) yield JSON.parse(line);
}
