// Chance that a seed and a name decide, and the ways in which a run draws from it. Whoever has a name of their own
// draws from a row of their own: what one draws moves nothing for the others.

import { createHash } from 'node:crypto';

import { Random as Numbers } from '../harness/random.mjs';

export class Random extends Numbers {
  constructor(seed, name) {
    super(createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE(0));
  }

  between(low, high) {
    return low + this.next() * (high - low);
  }

  /** Short ones are as frequent as long ones: 1 to 30 gives as many below 5.5 as above. */
  spread(low, high) {
    return low * (high / low) ** this.next();
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
