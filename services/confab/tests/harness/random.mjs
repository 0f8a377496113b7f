// Chance that comes again: the same seed gives the same numbers (mulberry32).

import { createHash } from 'node:crypto';

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A chain of its own for each name: what one draws moves nothing for the others. */
  static named(seed, name) {
    return new Random(createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE(0));
  }

  /** From 0 up to 1, without 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to `end`, without `end`. */
  below(end) {
    return Math.floor(this.next() * end);
  }

  between(low, high) {
    return low + this.next() * (high - low);
  }

  /** Short ones are as frequent as long ones: 1 to 30 gives as many below 5.5 as above. */
  spread(low, high) {
    return low * (high / low) ** this.next();
  }

  chance(probability) {
    return this.next() < probability;
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
    const hex = this.bytes(16).toString('hex').split('');
    hex[12] = '4';
    hex[16] = '89ab'[this.below(4)];
    return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Another chain of numbers, the same for the same `number`. */
  fork(number) {
    return new Random(Math.imul(this.#state ^ 0x9e3779b9, 2 * number + 1));
  }
}
