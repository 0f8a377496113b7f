// The log and the projections as the database holds them, in the shapes that the laws ask for.

import { createHash } from 'node:crypto';
import path from 'node:path';

import { linesOf } from './lines.mjs';
import { Rights } from './rights.mjs';

/** '2026-11-22T12:00:00.123456Z' as microseconds since the epoch. */
export function microseconds(text) {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}

/** What a receipt of this row is known by: the same digits as a client makes of the envelope. */
export function fingerprint({ seq, position, messageNo, type, actorId, clientId, at, data }) {
  const text = `${JSON.stringify([seq, position, messageNo, type, actorId, clientId, at])}\n${data}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export class Conversation {
  /** Rows by seq; the first is at 1. */
  rows = [];
  /** When each seq was first known from outside: by an answer or a receipt, of it or of a later one. */
  #known = [];
  #deletions = new Map();

  constructor(id) {
    this.id = id;
    this.rights = new Rights();
  }

  get head() {
    return this.rows.length - 1;
  }

  row(seq) {
    return this.rows[seq];
  }

  /** The event that deleted the message, if there is one. */
  deletionOf(seq) {
    return this.#deletions.get(seq);
  }

  take(row) {
    if (this.rows.length === 0) this.rows.push(null);
    this.rows.push(row);
    this.rights.fold(row);
    if (row.type === 'message.deleted' && !this.#deletions.has(row.targetSeq)) this.#deletions.set(row.targetSeq, row);
  }

  seen(seq, t) {
    if (!(this.#known[seq] <= t)) this.#known[seq] = t;
  }

  /** Call once when all that was seen is told. */
  settle() {
    for (let seq = this.head - 1; seq > 0; seq--) {
      const next = this.#known[seq + 1];
      if (next !== undefined && !(this.#known[seq] <= next)) this.#known[seq] = next;
    }
  }

  /** The highest seq that was certainly committed at `t`. */
  certainAt(t) {
    return this.#last((seq) => this.#known[seq] <= t);
  }

  /** The highest seq that may have been committed at `t`: `at` is taken before the commit. */
  possibleAt(t) {
    return this.#last((seq) => this.rows[seq].time <= t);
  }

  #last(holds) {
    let [low, high] = [0, this.head];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (holds(middle)) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export class Log {
  conversations = new Map();
  rows = [];
  streams = [];
  members = [];
  /** `clientId`s of one conversation and actor, each with its rows. */
  keys = new Map();

  static async read(folder) {
    const log = new Log();
    for await (const { line } of linesOf(path.join(folder, 'log.jsonl'))) log.#take(line);
    for await (const { line } of linesOf(path.join(folder, 'streams.jsonl'))) log.streams.push(line);
    for await (const { line } of linesOf(path.join(folder, 'members.jsonl'))) log.members.push(line);
    return log;
  }

  static key(conversation, actor, clientId) {
    return `${conversation} ${actor} ${clientId}`;
  }

  /** The event of one `clientId`. */
  byKey(conversation, actor, clientId) {
    return this.keys.get(Log.key(conversation, actor, clientId))?.[0];
  }

  conversation(id) {
    let one = this.conversations.get(id);
    if (!one) this.conversations.set(id, (one = new Conversation(id)));
    return one;
  }

  #take(row) {
    row.time = microseconds(row.at);
    row.value = JSON.parse(row.data);
    row.h = fingerprint(row);
    this.rows.push(row);
    this.conversation(row.conversationId).take(row);
    if (row.clientId === null) return;
    const key = Log.key(row.conversationId, row.actorId, row.clientId);
    if (this.keys.has(key)) this.keys.get(key).push(row);
    else this.keys.set(key, [row]);
  }
}
