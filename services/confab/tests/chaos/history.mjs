// What a process saw and did, one JSON object a line, in the order in which it happened. Nothing is judged
// here: the checker does that afterwards, over the histories of all processes and the database.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';

const FULL = 1 << 16;
const FLUSH_MS = 100;

/** Microseconds since the Unix epoch; never goes back within a process. */
export const now = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** What an envelope is known by: 16 hex digits over all its fields and the text of its data. */
export function fingerprint(event) {
  const { seq, position, messageNo, type, actorId, clientId, at, data } = event;
  const text = `${JSON.stringify([seq, position, messageNo, type, actorId, clientId, at])}\n${JSON.stringify(data)}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export class History {
  #file;
  #timer;
  #lines = '';

  constructor(path) {
    this.#file = fs.openSync(path, 'w');
    this.#timer = setInterval(() => this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Gives the time that was written. */
  write(k, fields) {
    const t = now();
    this.#lines += `${JSON.stringify({ t, k, ...fields })}\n`;
    if (this.#lines.length > FULL) this.flush();
    return t;
  }

  flush() {
    if (this.#lines === '') return;
    fs.writeSync(this.#file, this.#lines);
    this.#lines = '';
  }

  close() {
    clearInterval(this.#timer);
    this.flush();
    fs.closeSync(this.#file);
  }
}
