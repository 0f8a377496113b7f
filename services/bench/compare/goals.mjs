// What is wanted of the figures of a round, and how each comes out of what was measured. `best`: whether small or large is good.

const perDelivery = (outcome) => Object.values(outcome.processes).reduce((sum, { cpuNs }) => sum + cpuNs, 0) / outcome.delivered;
const gatewayPerDelivery = (outcome) => outcome.processes.gateway.cpuNs / outcome.delivered;
const overBare = ({ confab, bare }) => gatewayPerDelivery(confab) / gatewayPerDelivery(bare);
const sends = ({ sent, seconds }) => sent / seconds;
const deliveries = ({ delivered, seconds }) => delivered / seconds;
const joining = (outcome, name) => outcome.processes[name].joiningCpuNs / outcome.sockets;

export const GOALS = [
  { scene: 'many', what: 'gateway CPU per delivery / bare fan-out', best: 'small', goal: 1.5, stretch: 1.2, of: overBare },
  { scene: 'pairs', what: 'gateway CPU per delivery / bare fan-out', best: 'small', goal: 1.5, stretch: 1.2, of: overBare },
  { scene: 'large', what: 'gateway CPU per delivery / bare fan-out', best: 'small', goal: 1.75, stretch: 1.25, of: overBare },
  { scene: 'peak', what: 'gateway CPU per delivery / bare fan-out', best: 'small', goal: 1.75, stretch: 1.25, of: overBare },
  {
    scene: 'replicas', what: 'CPU per delivery, API and gateway / Node', best: 'small', goal: 0.33, stretch: 0.25,
    of: ({ confab, node }) => perDelivery(confab) / perDelivery(node),
  },
  {
    scene: 'peak', what: 'deliveries a second, one thread / Node', best: 'large', goal: 5, stretch: 8,
    of: ({ confab, node }) => deliveries(confab) / deliveries(node),
  },
  {
    scene: 'idle', what: 'resident KiB of a gateway per socket', best: 'small', goal: 24, stretch: 12, digits: 1,
    of: ({ confab: { processes: { gateway }, sockets } }) => (gateway.rssJoined - gateway.rssBefore) / 1024 / sockets,
  },
  {
    scene: 'idle', what: 'gateway CPU per connect with sign-in and 5 joins / Node without either', best: 'small', goal: 0.5, stretch: 0.33,
    of: ({ confab, node }) => joining(confab, 'gateway') / joining(node, 'node'),
  },
  {
    scene: 'appends', what: 'durable appends a second / pgbench, one statement, 8 clients', best: 'large', goal: 0.4, stretch: 0.7,
    of: ({ confab, commits }) => sends(confab) / commits.perSecond,
  },
  {
    scene: 'appends', what: 'API CPU per send / Node', best: 'small', goal: 0.33, stretch: 0.2,
    of: ({ confab, node }) => confab.processes.api.cpuNs / confab.sent / (node.processes.node.cpuNs / node.sent),
  },
  {
    scene: 'latency', what: 'send to delivery, median / (commit + NATS + bare fan-out)', best: 'small', goal: 1.5, stretch: 1.3,
    of: ({ confab, bare, commits, hop }) => confab.delivery.p50 / (commits.p50 + hop.p50 + bare.delivery.p50),
  },
  {
    scene: 'appends', what: 'durable appends a second, embedded default / Node on Postgres', best: 'large', goal: 2, stretch: 4,
    of: ({ embedded, node }) => sends(embedded) / sends(node),
  },
];

/** How a figure stands to its goal. */
export function verdict({ best, goal, stretch }, value) {
  const reaches = (bound) => (best === 'small' ? value <= bound : value >= bound);
  if (reaches(stretch)) return 'beyond';
  return reaches(goal) ? 'reached' : 'missed';
}
