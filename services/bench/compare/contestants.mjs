// Who is compared: each is started fresh for a round, and says how it is spoken to and which of its processes are measured.

import { createHmac, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Child, mustRun } from '../../confab/tests/harness/child.mjs';
import { Confab, merge } from '../../confab/tests/harness/confab.mjs';
import { Fleet, ROOMY } from '../../confab/tests/harness/fleet.mjs';
import { Person } from '../../confab/tests/harness/http.mjs';
import { Database } from '../../confab/tests/harness/postgres.mjs';
import { freePort } from '../../confab/tests/harness/ports.mjs';
import { together, until } from '../../confab/tests/harness/wait.mjs';
import { makePeople } from './people.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const NODE_SERVICE = fileURLToPath(new URL('node', import.meta.url));
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
const PATH = '/api/conversations/{room}/messages';
const BODY = '{"body":"{text}","clientId":"{id}"}';

const address = (url) => new URL(url).host;
const names = (count) => Array.from({ length: count }, () => randomUUID());

/** Sockets of a shape, each with its rooms and the replica it goes to; the listeners of a room are spread over all replicas. */
function sockets({ rooms, listeners, roomsEach = 1 }, replicas = 1) {
  return Array.from({ length: (rooms * listeners) / roomsEach }, (_, index) => ({
    rooms: Array.from({ length: roomsEach }, (_, turn) => (index * roomsEach + turn) % rooms),
    replica: Math.floor((index * roomsEach) / rooms) % replicas,
  }));
}

/** The practical limit. */
export async function bare(things, shape) {
  const child = new Child(BENCH, ['fanout']);
  things.onEnd(() => child.end('SIGKILL'));
  const ports = await until('the bare fan-out', () => child.stdout.includes('\n') && JSON.parse(child.stdout));
  return {
    dialect: 'bare',
    rooms: names(shape.rooms),
    listeners: sockets(shape).map(({ rooms }) => ({ server: `127.0.0.1:${ports.sockets}`, rooms })),
    sender: { feed: { server: `127.0.0.1:${ports.feed}` } },
    watch: { gateway: [child.pid] },
  };
}

/** Confab as a fleet, with so many replicas of each role. Each socket is another person's, who is a member of its rooms. */
export const confab = (replicas) => async (things, shape) => {
  const fleet = await Fleet.start(things, { apis: replicas, gateways: replicas, settings: UNLIMITED });
  const plan = sockets(shape, replicas);
  const people = await makePeople(fleet.database, Math.max(plan.length, shape.rooms));
  const as = ({ token }) => new Person(fleet.apiUrls, { token, user: {} });
  const ownerOf = new Map(plan.flatMap(({ rooms }, index) => rooms.map((room) => [room, index])).reverse());
  const owners = Array.from({ length: shape.rooms }, (_, room) => people[ownerOf.get(room) ?? room]);
  const rooms = (await together(16, owners, (owner, room) => as(owner).createGroup(`room ${room}`))).map(({ id }) => id);
  await together(16, plan, async (socket, index) => {
    for (const room of socket.rooms.filter((number) => owners[number] !== people[index])) {
      await as(people[index]).must(201, `POST /api/conversations/${rooms[room]}/members`);
    }
  });
  const gateways = fleet.gatewayUrls.map(address);
  return {
    dialect: 'socketIo',
    rooms,
    listeners: plan.map((socket, index) => ({ server: gateways[socket.replica], token: people[index].token, rooms: socket.rooms })),
    sender: {
      http: {
        servers: fleet.apiUrls.map(address), connections: SENDING, path: PATH, body: BODY,
        tokens: owners.map(({ token }) => token), order: 'seq',
      },
    },
    watch: { gateway: fleet.gateways.map(({ child }) => child.pid), api: fleet.apis.map(({ child }) => child.pid) },
  };
};

/** Confab with no settings but its limits: one process, SQLite. Nobody listens. */
export async function embedded(things, shape) {
  const server = await Confab.start(things, { settings: merge(ROOMY, UNLIMITED) });
  const owner = await Person.signUp([server.url], 'owner');
  const rooms = await together(16, names(shape.rooms), (name) => owner.createGroup(name));
  return {
    dialect: 'socketIo',
    rooms: rooms.map(({ id }) => id),
    listeners: [],
    sender: {
      http: {
        servers: [address(server.url)], connections: SENDING, path: PATH, body: BODY,
        tokens: rooms.map(() => owner.token), order: 'seq',
      },
    },
    watch: { api: [server.child.pid] },
  };
}

/** express + socket.io + pg: see `node/server.mjs`. Its sockets neither sign in nor, if `strangers`, join. */
export const node = (replicas, { strangers = false } = {}) => async (things, shape) => {
  const database = await Database.create(things);
  const plan = sockets(shape, replicas);
  const [owner, secret, rooms] = [randomUUID(), randomUUID(), names(shape.rooms)];
  const list = rooms.map((room) => `('${room}'::uuid)`).join(',');
  await database.query(await fs.readFile(path.join(NODE_SERVICE, 'schema.sql'), 'utf8'));
  await database.query(`with room (id) as (values ${list}), made as (insert into conversation select id, 'room' from room returning id)
    insert into participant select id, '${owner}' from made`);
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', DATABASE_URL: database.url, SECRET: secret };
  if (replicas > 1) env.REDIS_URL = await redis(things);
  const servers = Array.from({ length: replicas }, () => new Child(process.execPath, ['server.mjs'], { env, cwd: NODE_SERVICE }));
  for (const server of servers) things.onEnd(() => server.end('SIGKILL'));
  const addresses = await Promise.all(servers.map((server) => until('the Node service', () => {
    if (!server.running) throw new Error(`the Node service ended: ${server.stderr}`);
    return server.stdout.includes('\n') && `127.0.0.1:${server.stdout.trim()}`;
  })));
  const token = `${owner}.${createHmac('sha256', secret).update(owner).digest('base64url')}`;
  return {
    dialect: 'socketIo',
    rooms,
    listeners: plan.map((socket) => ({ server: addresses[socket.replica], rooms: strangers ? [] : socket.rooms })),
    sender: {
      http: { servers: addresses, connections: SENDING, path: PATH, body: BODY, tokens: rooms.map(() => token), order: 'id' },
    },
    watch: { node: servers.map(({ pid }) => pid) },
  };
};

/** Its address. */
async function redis(things) {
  const port = await freePort();
  const child = new Child('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    cwd: await things.folder(),
  });
  things.onEnd(() => child.end('SIGKILL'));
  await until('Redis', () => {
    if (!child.running) throw new Error(`Redis ended: ${child.stdout}`);
    return child.stdout.includes('Ready to accept connections');
  });
  const url = `redis://127.0.0.1:${port}`;
  await mustRun('redis-cli', ['-u', url, 'ping']);
  return url;
}
