// Chance that a seed decides: the same seed and name give the same row of numbers, whatever else is drawn.

import { createHash } from 'node:crypto';

export class Random {
  #state;

  constructor(seed, name = '') {
    Object.assign(this, { seed, name });
    this.#state = createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE(0);
  }

  /** A row of its own: what is drawn from it moves nothing here. */
  fork(name) {
    return new Random(this.seed, `${this.name}/${name}`);
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low, high) {
    return low + this.next() * (high - low);
  }

  /** Short ones are as frequent as long ones: 1 to 30 gives as many below 5.5 as above. */
  spread(low, high) {
    return low * (high / low) ** this.next();
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  chance(part) {
    return this.next() < part;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** `count` different ones, in a random order. */
  sample(list, count) {
    return this.shuffle(list).slice(0, count);
  }

  shuffle(list) {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
  }

  uuid() {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16));
    hex[12] = '4';
    hex[16] = '89ab'[this.below(4)];
    return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
