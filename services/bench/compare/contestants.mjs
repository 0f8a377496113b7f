// Who is compared: each is started fresh for a round, and says how it is spoken to and which of its processes are measured.

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Child } from '../../confab/tests/harness/child.mjs';
import { Fleet } from '../../confab/tests/harness/fleet.mjs';
import { Person } from '../../confab/tests/harness/http.mjs';
import { together, until } from '../../confab/tests/harness/wait.mjs';
import { makePeople } from './people.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const BENCH = process.env.BENCH_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'release/confab-bench');

const MANY = 1_000_000;
/** What is measured is not what the limits refuse. */
const UNLIMITED = {
  limits: {
    sockets_per_user: MANY, rooms_per_socket: 1_000, handshakes_per_second: MANY,
    sign_ups_per_hour: MANY, conversations_per_hour: MANY,
  },
  log: { filter: 'warn' },
};
const SENDING = 32;

const address = (url) => new URL(url).host;
const names = (count) => Array.from({ length: count }, () => randomUUID());
const listeners = (shape, of) => Array.from({ length: shape.rooms * shape.listeners }, (_, index) => ({
  ...of(index), rooms: [Math.floor(index / shape.listeners)],
}));

/** The practical limit. */
export async function bare(things, shape) {
  const child = new Child(BENCH, ['fanout']);
  things.onEnd(() => child.end('SIGKILL'));
  const ports = await until('the bare fan-out', () => child.stdout.includes('\n') && JSON.parse(child.stdout));
  return {
    dialect: 'bare',
    rooms: names(shape.rooms),
    listeners: listeners(shape, () => ({ server: `127.0.0.1:${ports.sockets}` })),
    sender: { feed: { server: `127.0.0.1:${ports.feed}` } },
    watch: { gateway: [child.pid] },
  };
}

/** Confab as a fleet, with so many replicas of each role. Each socket is another person's, who is a member of its rooms. */
export const confab = (replicas) => async (things, shape) => {
  const fleet = await Fleet.start(things, { apis: replicas, gateways: replicas, settings: UNLIMITED });
  const people = await makePeople(fleet.database, shape.rooms * shape.listeners);
  const as = ({ token }) => new Person(fleet.apiUrls, { token, user: {} });
  const owners = Array.from({ length: shape.rooms }, (_, room) => people[room * shape.listeners]);
  const rooms = (await together(16, owners, (owner, room) => as(owner).createGroup(`room ${room}`))).map(({ id }) => id);
  await together(16, people, (person, index) => {
    const room = Math.floor(index / shape.listeners);
    return person === owners[room] || as(person).must(201, `POST /api/conversations/${rooms[room]}/members`);
  });
  const gateways = fleet.gatewayUrls.map(address);
  return {
    dialect: 'socketIo',
    rooms,
    listeners: listeners(shape, (index) => ({ server: gateways[index % gateways.length], token: people[index].token })),
    sender: {
      http: {
        servers: fleet.apiUrls.map(address), connections: SENDING, path: '/api/conversations/{room}/messages',
        body: '{"body":"{text}","clientId":"{id}"}', tokens: owners.map(({ token }) => token), order: 'seq',
      },
    },
    watch: { gateway: fleet.gateways.map(({ child }) => child.pid), api: fleet.apis.map(({ child }) => child.pid) },
  };
};
