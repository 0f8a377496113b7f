// The forms of a run: which servers, how many people, how much is said, which faults, and the least of each a
// minute, below which a run proves nothing.

import { Embedded } from './embedded.mjs';
import { planFaults, planKills } from './plan.mjs';

const CROWD = { users: 48, clients: 108, groups: 10, directs: 12, lanes: 40, perSecond: 150, changesPerSecond: 40 };

/** Each of them is killed at least once. */
const TARGETS = ['api', 'gateway', 'leader', 'nats', 'postgres'];

export const MODES = {
  /** Everything against everything. */
  chaos: { minutes: 3, world: CROWD, faults: planFaults, least: { acknowledged: 300, changes: 100, kills: 8, pauses: 1.5, links: 4, targets: TARGETS } },
  /** The same crowd with nothing in its way: what the machine can do. */
  calm: { minutes: 1, world: CROWD, faults: () => [], least: {} },
  /** NATS is gone for the middle minute, and nothing else happens. */
  'nats-away': {
    minutes: 1.75,
    after: true,
    world: { ...CROWD, perSecond: 70, changesPerSecond: 15 },
    faults: (_, minutes) => {
      const ms = Math.min(60_000, minutes * 30_000);
      return [{ at: minutes * 30_000 - ms / 2, ms, kind: 'kill', target: 'nats', victim: 'nats', name: 'kill nats' }];
    },
    least: { acknowledged: 300, changes: 50, deliveredP99Ms: 1000 },
  },
  /** One process on SQLite, killed about once a second. */
  embedded: {
    minutes: 1,
    servers: Embedded,
    world: { users: 12, clients: 24, groups: 4, directs: 4, lanes: 16, perSecond: 130, changesPerSecond: 30 },
    faults: planKills,
    least: { acknowledged: 100, changes: 50, kills: 50 },
  },
};
