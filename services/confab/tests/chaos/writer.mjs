// A lane of messages: one person says one thing after the other in their conversations, at a pace. What had no
// answer is sent again under its clientId at some replica; one in five is sent again although nothing was wrong.

import { sleep } from '../harness/wait.mjs';

const REPEATED = 0.2;
/** Of those without an answer, so many are left as they are: in the log or not, both are right. */
const GIVEN_UP = 0.1;
const ATTEMPTS = 60;
const AVOIDED_MS = 1500;
const BACKLOG_MS = 5000;
const WORDS = ['tea', 'rain', '"quoted"', 'back\\slash', 'é', '猫', '🦊', 'tab\there', 'line\nbreak', '</b>', '\u2028', 'null'];

export class Writer {
  #stopped = false;
  #under = new Set();

  /** `lane`: {name, person: {id, token}, conversations, intervalMs}. */
  constructor(lane, apis, spoken, operations, random) {
    Object.assign(this, { ...lane, apis, spoken, operations, random });
    this.repeats = 0;
    this.sent = 0;
  }

  /** Runs until `stop`. */
  async run() {
    let due = Date.now() + this.random.between(0, this.intervalMs);
    while (!this.#stopped) {
      if (due > Date.now()) await sleep(due - Date.now());
      // After an outage it makes good some of what it could not say, not all.
      due = Math.max(due + this.intervalMs, Date.now() - BACKLOG_MS);
      if (!this.#stopped) await this.#say();
    }
  }

  stop() {
    this.#stopped = true;
  }

  /** Until everything that was begun has ended. */
  async settled() {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  async #say() {
    const message = {
      conversation: this.random.pick(this.conversations), clientId: this.random.uuid(), body: this.#body(),
    };
    const first = this.#replica();
    const repeat = this.random.chance(REPEATED) ? this.random.below(3) : null;
    const giveUp = this.random.chance(GIVEN_UP);
    this.sent += 1;
    // In the same moment at another replica, …
    if (repeat === 0) this.#aside(this.#again(message, first + 1, 0));
    const end = await this.#attempt(message, first);
    // … right after its answer, or when everybody has forgotten it.
    if (repeat === 1) this.#aside(this.#again(message, first + 1, 0));
    if (repeat === 2) this.#aside(this.#again(message, first + 1, this.random.between(100, 6000)));
    if (end.k === 'unknown' && !giveUp) this.#aside(this.#insist(message, first + 1));
  }

  /** As behind a load balancer: mostly one that answered lately, now and then any. */
  #replica() {
    const some = this.random.below(this.apis.length);
    if (this.random.chance(0.05)) return some;
    const order = this.apis.map((_, i) => (some + i) % this.apis.length);
    return order.find((i) => (this.apis[i].failedAt ?? 0) < Date.now() - AVOIDED_MS) ?? some;
  }

  #body() {
    const words = Array.from({ length: 1 + this.random.below(8) }, () => this.random.pick(WORDS));
    return `${this.name} ${this.sent} ${words.join(' ')}${this.random.chance(0.02) ? ' long'.repeat(800) : ''}`;
  }

  async #again(message, at, wait) {
    if (wait > 0) await sleep(wait);
    this.repeats += 1;
    await this.#attempt(message, at);
  }

  async #insist(message, at) {
    for (let i = 0; i < ATTEMPTS; i++) {
      await sleep(this.random.between(50, 500));
      const { k } = await this.#attempt(message, at + i);
      if (k !== 'unknown') return;
    }
  }

  async #attempt({ conversation, clientId, body }, at) {
    const api = this.apis[at % this.apis.length];
    const end = await this.operations.http({ do: 'send', conversation, clientId, body }, this.person, api,
      `POST /api/conversations/${conversation}/messages`, { body, clientId });
    if (end.k === 'unknown') api.failedAt = Date.now();
    if (end.k === 'ok') this.spoken.add({ conversation, seq: end.seq, actor: this.person.id });
    return end;
  }

  #aside(work) {
    this.#under.add(work);
    work.then(() => this.#under.delete(work));
  }
}
