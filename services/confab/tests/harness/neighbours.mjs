// A server that tells its metrics, and two clients on it, one on each transport, who chat while others
// do their worst: they must miss nothing and never be disconnected.

import assert from 'node:assert/strict';

import { ChatClient } from './chat.mjs';
import { holdsLog, reaches } from './check.mjs';
import { Confab, merge } from './confab.mjs';
import { ROOMY } from './fleet.mjs';
import { signUpMany } from './http.mjs';
import { freePort } from './ports.mjs';
import { TRANSPORTS } from './stock.mjs';
import { sleep } from './wait.mjs';

const MANY_SOCKETS = { limits: { sockets_per_user: 100_000 } };

export class Neighbours {
  /** `eve` is in their group, too: she is the one who does her worst. */
  static async start(things, settings = {}) {
    const port = await freePort();
    const shown = { metrics: { listen: `127.0.0.1:${port}` } };
    const server = await Confab.start(things, { settings: merge(merge(merge(ROOMY, MANY_SOCKETS), settings), shown) });
    const [ann, ben, eve] = await signUpMany([server.url], ['ann', 'ben', 'eve']);
    const { id } = await ann.createGroup('neighbours', [ben.id, eve.id]);
    const neighbours = new Neighbours();
    Object.assign(neighbours, { server, ann, ben, eve, id, metrics: `http://127.0.0.1:${port}`, took: [], sent: 0, over: false });
    neighbours.clients = TRANSPORTS.map((transport) => ChatClient.create(things, { person: ben, urls: [server.url], transport, label: 'neighbour' }));
    for (const client of neighbours.clients) {
      client.open(id, { after: 0 });
      await client.start().settled();
    }
    return neighbours;
  }

  /** Chats while `work` goes on; each message is waited for by both. Gives what `work` gives. */
  async chatDuring(work) {
    this.over = false;
    const chat = this.#chat();
    // Whichever fails first is told; the other one is waited for.
    try {
      return await work();
    } finally {
      this.over = true;
      await chat;
    }
  }

  async #chat() {
    while (!this.over) {
      const since = performance.now();
      const { seq } = await this.ann.send(this.id, `message ${this.sent++}`);
      for (const client of this.clients) await reaches(client.room(this.id), seq, client.label);
      this.took.push(performance.now() - since);
      await sleep(20);
    }
  }

  /** Both hold everything, and were never away. */
  async unharmed() {
    const log = await this.ann.log(this.id);
    for (const client of this.clients) {
      await reaches(client.room(this.id), log.seq, client.label);
      holdsLog(client.room(this.id), log, client.label);
      assert.equal(client.connections, 1, `${client.label} was disconnected`);
      assert.deepEqual([client.errors, client.resets], [[], []]);
    }
  }

  /** How long a message took from its POST until both had it. */
  get figures() {
    const sorted = this.took.toSorted((a, b) => a - b);
    const at = (part) => Math.round(sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)]);
    return `${this.took.length} messages to the neighbours, sent and received within ${at(0.5)} ms (p50), ${at(0.99)} ms (p99), ${at(1)} ms (max)`;
  }
}
