// The fleet of docker-compose.yml in real containers: what is reachable from outside, what happens when the
// main process of any container is killed, and an upgrade of all replicas, one after another, under load.
//
// `make test-compose` runs this; it needs a container engine and the built images.

import assert from 'node:assert/strict';
import test from 'node:test';

import { request } from '../harness/http.mjs';
import { scenario, table } from '../harness/scenario.mjs';
import { compose, Containers } from './containers.mjs';
import { Crowd } from './crowd.mjs';

const CONFAB = ['api-1', 'api-2', 'gateway-1', 'gateway-2'];
const ALL = [...CONFAB, 'edge', 'nats', 'postgres'];
const PEOPLE = 9;

if (compose()) {
  scenario('a fleet in containers: closed, exact through every death and every upgrade', inContainers);
} else {
  test('a fleet in containers', { skip: 'no container engine with compose runs here' });
}

async function inContainers(things, t) {
  const fleet = await Containers.up(things);
  try {
    await isClosed(fleet, t);
    await survives(things, fleet, t);
  } finally {
    await fleet.readLogs();
  }
}

async function isClosed(fleet, t) {
  await table(t, ['/health/ready', '/health/live', '/metrics'].map((path) => ({ name: `${path} is not for outside`, path })), async ({ path }) => {
    assert.equal((await request(fleet.url + path)).status, 404);
  });
  await t.test('the client is served', async () => {
    const page = await request(fleet.url);
    assert.equal(page.status, 200);
    assert.match(page.text, /<div id="root">/);
  });
  const cases = ALL.map((service) => ({ name: `${service} runs with nothing to spare`, service }));
  await table(t, cases, async ({ service }) => {
    const { Config, HostConfig, NetworkSettings } = await fleet.inspect(service);
    assert.notEqual(Config.User.split(':')[0] || 'root', 'root');
    assert.equal(HostConfig.ReadonlyRootfs, true);
    assert.deepEqual(HostConfig.CapDrop, ['ALL']);
    assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true']);
    assert.ok(HostConfig.Memory > 0 && HostConfig.PidsLimit > 0);
    const published = Object.values(NetworkSettings.Ports ?? {}).filter(Boolean);
    assert.equal(published.length > 0, service === 'edge', 'published ports');
    // No password stands where `docker inspect` shows it.
    assert.doesNotMatch(Config.Env.join('\n'), /[0-9a-f]{64}/);
  });
}

async function survives(things, fleet, t) {
  const crowd = await Crowd.gather(things, fleet.url, PEOPLE);
  await crowd.talkWhile(() => crowd.goesOn(100));
  await crowd.isExact();
  // Polling finds the same gateway again with each request: else its sessions break, and clients come back all the time.
  assert.deepEqual(crowd.clients.filter((client) => client.connections > 1).map((client) => client.label), []);

  // One of two, or what only makes it fast: chat goes on at once.
  const spare = [...CONFAB, 'nats'].map((service) => ({ name: `${service} is killed and chat goes on`, service }));
  await table(t, spare, ({ service }) => crowd.talkWhile(async () => {
    const death = await fleet.kill(service);
    await crowd.goesOn(50);
    await death.back();
    await crowd.goesOn(50);
  }));
  // There is one of these: chat goes on by itself once it is back.
  const single = ['postgres', 'edge'].map((service) => ({ name: `${service} is killed and chat goes on when it is back`, service }));
  await table(t, single, ({ service }) => crowd.talkWhile(async () => {
    await (await fleet.kill(service)).back();
    await crowd.goesOn(50);
  }));
  await t.test('every answered message is there once, in order, with everybody', () => crowd.isExact());

  await t.test('all replicas are replaced, one after another, and nothing is lost', async () => {
    const ids = () => Promise.all(CONFAB.map(async (service) => (await fleet.inspect(service)).Id));
    const before = await ids();
    await crowd.talkWhile(async () => {
      await fleet.upgrade();
      await crowd.goesOn(50);
    });
    assert.equal(new Set([...before, ...(await ids())]).size, 2 * CONFAB.length, 'a replica was not replaced');
    await crowd.isExact();
  });
  await t.test('a new configuration of the edge closes no websocket', async () => {
    const connections = () => crowd.clients.filter((client) => client.transport === 'websocket').map((client) => client.connections);
    const before = connections();
    await fleet.compose('exec', '-T', 'edge', 'caddy', 'reload', '--force', '--config', '/etc/caddy/Caddyfile');
    await crowd.talkWhile(() => crowd.goesOn(50));
    assert.deepEqual(connections(), before);
    await crowd.isExact();
  });
}
