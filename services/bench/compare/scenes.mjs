// What is done to whom. A scene's contestants run next to each other in each round.
//
// `rate`: messages a second in all rooms together. `ahead`: instead, as many as the server can do while no more deliveries than this
// are outstanding. `opening`: sockets that connect at one time.

import { bare, confab, embedded, node } from './contestants.mjs';
import { commits, hop } from './limits.mjs';

export const SCENES = {
  many: {
    name: '100 rooms × 10 at 2,000/s', rooms: 100, listeners: 10, rate: 2_000, loads: { bare, confab: confab(1) },
  },
  pairs: {
    name: '1,000 rooms × 2 at 3,000/s', rooms: 1_000, listeners: 2, rate: 3_000, loads: { bare, confab: confab(1) },
  },
  large: {
    name: '1 room × 1,000 at 20/s', rooms: 1, listeners: 1_000, rate: 20, loads: { bare, confab: confab(1) },
  },
  peak: {
    name: '1 room × 1,000 at its peak', rooms: 1, listeners: 1_000, ahead: 32_000,
    loads: { bare, confab: confab(1), node: node(1) },
  },
  replicas: {
    name: 'two replicas, 100 rooms × 10 at 300/s', rooms: 100, listeners: 10, rate: 300, loads: { confab: confab(2), node: node(2) },
  },
  idle: {
    name: '2,000 sockets at once, in 5 rooms each', rooms: 1_000, listeners: 10, roomsEach: 5, opening: 2_000, idle: true,
    loads: { confab: confab(1), node: node(1, { strangers: true }) },
  },
  appends: {
    name: '32 senders, nobody listens', rooms: 100, listeners: 0,
    loads: { confab: confab(1), embedded, node: node(1) }, limits: { commits },
  },
  latency: {
    name: '100 rooms × 10 at 1,000/s', rooms: 100, listeners: 10, rate: 1_000,
    loads: { confab: confab(1), bare }, limits: { commits, hop },
  },
};
