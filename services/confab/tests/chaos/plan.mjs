// Which faults come when: decided by the seed and the minutes alone. The mix is fixed (so many kills, pauses,
// link and reader faults a minute, kills spread evenly over five kinds), the order, the times, the victims and the
// lengths are chance. The one thing only the run can know is which API leads the relay when its turn comes.

import { Random } from '../harness/random.mjs';
import { LINK_FAULTS } from './link.mjs';

const PER_MINUTE = { 'kill api': 2.3, 'kill gateway': 2.3, 'kill leader': 2.3, 'kill nats': 2.3, 'kill postgres': 2.3, pause: 2.7, link: 6.6, reader: 2.4 };
const PAUSED = ['api', 'gateway', 'leader', 'nats', 'postgres'];
/** With these a shorter time is more frequent by far: while the store is away nothing is written. */
const LONGEST_PAUSE = { api: 30_000, gateway: 30_000, leader: 30_000, nats: 30_000, postgres: 8000 };
const CALM_MS = 4000;

/** [{at, ms, kind, target, name, …}] by time, `at` and `ms` in milliseconds; every one ends before `minutes` are over. */
export function planFaults(seed, minutes, { apis, gateways, links, readers }) {
  const random = Random.named(seed, 'faults');
  const end = minutes * 60_000 - CALM_MS;
  const times = [];
  for (let at = CALM_MS; at < end - 2000; at += random.between(1000, 3900)) times.push(at);
  const names = random.shuffle(mix(minutes)).slice(0, times.length);
  const busy = new Map();
  const people = { api: apis, gateway: gateways, leader: ['leader'], nats: ['nats'], postgres: ['postgres'] };
  const plan = [];
  for (const at of times) {
    if (names.length === 0) names.push(...random.shuffle(mix(1)));
    // The first that finds a victim which is up; the others wait their turn.
    for (const [i, name] of names.entries()) {
      const fault = choose(random, name, people, { links, readers }, (victim) => (busy.get(victim) ?? 0) <= at);
      if (!fault) continue;
      names.splice(i, 1);
      fault.ms = Math.round(Math.min(fault.ms, end - at));
      busy.set(fault.victim, at + fault.ms + 1000);
      plan.push({ at: Math.round(at), ...fault });
      break;
    }
  }
  return plan;
}

/** One process, killed 56 times a minute: it is back after some tens of milliseconds, and lives for half a second or more. */
export function planKills(seed, minutes) {
  const random = Random.named(seed, 'kills');
  const count = Math.round(56 * minutes);
  const every = (minutes * 60_000) / (count + 1);
  return Array.from({ length: count }, (_, i) => ({
    at: Math.round((i + random.between(0.75, 1.25)) * every), ms: Math.round(random.spread(5, 200)),
    kind: 'kill', target: 'confab', victim: 'confab', name: 'kill confab',
  }));
}

/** Each kind as often as its share of the minutes. */
function mix(minutes) {
  return Object.entries(PER_MINUTE).flatMap(([name, share]) => Array(Math.ceil(share * minutes)).fill(name));
}

function choose(random, name, people, { links, readers }, free) {
  if (name === 'link') return linkFault(random, links.filter(free));
  if (name === 'reader') {
    const victim = random.pick(readers.filter(free));
    return victim && { kind: 'reader', target: 'reader', victim, name: `${victim} reads nothing`, ms: random.spread(1000, 20_000) };
  }
  const [kind, target] = name === 'pause' ? ['pause', random.pick(PAUSED)] : name.split(' ');
  const victim = random.pick(people[target].filter(free));
  if (!victim) return null;
  const ms = kind === 'pause' ? random.spread(1000, LONGEST_PAUSE[target]) : random.spread(100, target === 'postgres' ? 1200 : 2500);
  return { kind, target, victim, name: `${kind} ${victim}`, ms };
}

function linkFault(random, links) {
  const victim = random.pick(links);
  if (!victim) return null;
  const fault = random.pick(LINK_FAULTS);
  const options = {
    slow: () => ({ latencyMs: Math.round(random.spread(20, 600)), bytesPerSecond: Math.round(random.spread(8000, 400_000)) }),
    'half-open': () => ({ side: random.pick(['near', 'far']) }),
  }[fault]?.() ?? {};
  const ms = fault === 'reset' ? 0 : random.spread(500, 10_000);
  return { kind: 'link', target: 'link', victim, fault, options, name: `${fault} ${victim}`, ms };
}
