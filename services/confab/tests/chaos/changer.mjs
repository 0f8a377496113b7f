// One who changes what was said: edits, deletes, reacts, pins and answers in threads, at a pace, by whoever may and
// now and then by who may not. One in four changes is asked for twice at once, at two replicas.

import { sleep } from '../harness/wait.mjs';

const AT_ONCE = 0.25;
const ATTEMPTS = 60;
const BACKLOG_MS = 5000;
const STRANGER = 0.15;
const EMOJI = ['👍', '🎉', '🦊'];
/** How often each is done, beside the others. */
const SHARES = { edit: 5, delete: 2, react: 6, unreact: 3, pin: 2, unpin: 1, reply: 4 };
const UNDOES = { unreact: 'react', unpin: 'pin' };

/** What was said lately and answered: [{conversation, seq, actor}], as a place to find something to change. */
export class Spoken {
  #list = [];

  add(message) {
    this.#list.push(message);
    if (this.#list.length > 300) this.#list.shift();
  }

  pick(random) {
    return this.#list.length === 0 ? null : random.pick(this.#list);
  }
}

export class Changer {
  #stopped = false;
  #under = new Set();
  /** What was done and answered, by kind, for taking it back: [{conversation, seq, user, emoji}]. */
  #done = new Map();

  /** `people`: {user: {id, token}}; `readers`: {conversation: [user]} who are or were members; `owners`: {group: user}. */
  constructor({ people, readers, owners, apis, intervalMs }, spoken, operations, random) {
    Object.assign(this, { people, readers, owners, apis, intervalMs, spoken, operations, random });
    this.bag = Object.entries(SHARES).flatMap(([what, share]) => Array(share).fill(what));
  }

  /** Runs until `stop`. */
  async run() {
    let due = Date.now() + this.random.between(0, this.intervalMs);
    while (!this.#stopped) {
      if (due > Date.now()) await sleep(due - Date.now());
      due = Math.max(due + this.intervalMs, Date.now() - BACKLOG_MS);
      const target = this.spoken.pick(this.random);
      if (target && !this.#stopped) await this.#change(target);
    }
  }

  stop() {
    this.#stopped = true;
  }

  /** Until everything that was begun has ended. */
  async settled() {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  async #change(target) {
    const what = this.random.pick(this.bag);
    const again = UNDOES[what] && !this.random.chance(STRANGER) ? this.#done.get(UNDOES[what])?.shift() : undefined;
    const { conversation, seq } = again ?? target;
    const user = again?.user ?? this.#who(what, target);
    const change = this.#request(what, conversation, seq, again?.emoji ?? this.random.pick(EMOJI));
    const first = this.random.below(this.apis.length);
    if (this.random.chance(AT_ONCE)) this.#aside(this.#attempt(change, user, first + 1));
    const end = await this.#attempt(change, user, first);
    if (end.k === 'unknown') this.#aside(this.#insist(change, user, first + 1));
    const [{ emoji }] = change;
    if (end.k === 'ok') this.#done.set(what, [...(this.#done.get(what) ?? []), { conversation, seq, user, emoji }]);
  }

  /** Mostly somebody who may. */
  #who(what, { conversation, actor }) {
    const anybody = this.random.pick(this.readers[conversation]);
    if (this.random.chance(STRANGER)) return anybody;
    if (what === 'edit' || what === 'delete') return actor;
    return what === 'pin' ? this.owners[conversation] ?? anybody : anybody;
  }

  /** The line and body of the request, and what the history says of it. */
  #request(what, conversation, target, emoji) {
    const path = `/api/conversations/${conversation}/messages`;
    const fields = { do: what, conversation, target };
    const clientId = this.random.uuid();
    // Never twice the same: an edit to what is said already is answered, and writes nothing.
    const body = `${what} ${clientId.slice(0, 8)} of ${target} ${this.random.pick(['tea', '"quoted"', '猫', 'line\nbreak'])}`;
    const reaction = `${path}/${target}/reactions/${encodeURIComponent(emoji)}`;
    return {
      edit: () => [{ ...fields, clientId, body }, `PATCH ${path}/${target}`, { clientId, body }],
      delete: () => [fields, `DELETE ${path}/${target}`],
      react: () => [{ ...fields, emoji }, `PUT ${reaction}`],
      unreact: () => [{ ...fields, emoji }, `DELETE ${reaction}`],
      pin: () => [fields, `PUT ${path}/${target}/pin`],
      unpin: () => [fields, `DELETE ${path}/${target}/pin`],
      reply: () => [{ ...fields, clientId, body }, `POST ${path}`, { clientId, body, threadSeq: target }],
    }[what]();
  }

  async #insist(change, user, at) {
    for (let i = 0; i < ATTEMPTS; i++) {
      await sleep(this.random.between(50, 500));
      const { k } = await this.#attempt(change, user, at + i);
      if (k !== 'unknown') return;
    }
  }

  async #attempt([fields, line, body], user, at) {
    const end = await this.operations.http(fields, this.people[user], this.apis[at % this.apis.length], line, body);
    if (fields.do === 'reply' && end.k === 'ok') this.spoken.add({ conversation: fields.conversation, seq: end.seq, actor: user });
    return end;
  }

  #aside(work) {
    this.#under.add(work);
    work.then(() => this.#under.delete(work));
  }
}
