// A fleet: API replicas and gateways over one database and one NATS, all private to the test.

import { Confab, confab, merge } from './confab.mjs';
import { NatsServer } from './nats.mjs';
import { Database } from './postgres.mjs';

/** Limits under which a test may write as fast as it can. */
export const ROOMY = {
  limits: {
    messages_burst: 100_000, messages_per_second: 100_000, joins_burst: 100_000, joins_per_second: 100_000,
  },
};

export class Fleet {
  /** `databaseUrl` and `natsUrl` replace the real addresses, for instance by a proxy's. */
  static async start(things, { apis = 1, gateways = 1, settings = {}, gatewaySettings = {}, databaseUrl, natsUrl, natsOptions } = {}) {
    const database = await Database.create(things);
    const nats = await NatsServer.create(things, natsOptions);
    const fleet = new Fleet();
    fleet.settings = merge(merge(ROOMY, settings), {
      database: { url: (await databaseUrl?.(database)) ?? database.url },
      nats: { url: (await natsUrl?.(nats)) ?? nats.url },
    });
    Object.assign(fleet, { database, nats, apis: [], gateways: [] });
    await fleet.confab(['migrate']);
    const start = (kind, number, own) => Confab.start(things, {
      role: [kind], label: `${kind} ${number}`, settings: merge(fleet.settings, own),
    });
    for (let i = 1; i <= apis; i++) fleet.apis.push(await start('api', i));
    for (let i = 1; i <= gateways; i++) fleet.gateways.push(await start('gateway', i, gatewaySettings));
    return fleet;
  }

  get apiUrls() {
    return this.apis.map((server) => server.url);
  }

  get gatewayUrls() {
    return this.gateways.map((server) => server.url);
  }

  /** Runs a `confab` command on the fleet's database; it must succeed. */
  async confab(args) {
    const child = await confab(args, this.settings);
    if (child.code !== 0) throw new Error(`${child.name} ended with ${child.code}:\n${child.stderr}`);
    return child;
  }
}
