// People in one group, each with a stock client through the edge, and a stream of messages that goes on until
// it is told to stop. In the end everybody must hold exactly the log, and the log every answered message.

import assert from 'node:assert/strict';

import { ChatClient } from '../harness/chat.mjs';
import { holdsLog, holdsReceipts, messagesOf, reaches } from '../harness/check.mjs';
import { signUpMany } from '../harness/http.mjs';
import { until } from '../harness/wait.mjs';

const TRANSPORTS = ['websocket', 'polling', 'upgrade'];
const LANES = 4;

export class Crowd {
  static async gather(things, url, count) {
    const crowd = new Crowd();
    crowd.people = await signUpMany([url], Array.from({ length: count }, (_, n) => `person${n}`));
    const [owner, ...others] = crowd.people;
    crowd.id = (await owner.createGroup('everybody', others.map((person) => person.id))).id;
    crowd.clients = crowd.people.map((person, n) => {
      const client = ChatClient.create(things, { person, urls: [url], transport: TRANSPORTS[n % TRANSPORTS.length] });
      client.open(crowd.id, { after: 0 });
      return client.start();
    });
    crowd.receipts = [];
    crowd.sending = false;
    crowd.sent = 0;
    await crowd.settled();
    return crowd;
  }

  async settled() {
    for (const client of this.clients) await client.settled();
  }

  /** Sends from several lanes at once while `work` runs, and until all that was begun is answered. */
  async talkWhile(work) {
    this.sending = true;
    const lanes = Array.from({ length: LANES }, (_, lane) => this.#lane(lane));
    try {
      await work();
    } finally {
      this.sending = false;
    }
    await Promise.all(lanes);
  }

  async #lane(lane) {
    let last = 0;
    while (this.sending) {
      const n = this.sent++;
      const receipt = await this.people[n % this.people.length].send(this.id, `message ${n} of lane ${lane}`);
      assert.ok(receipt.seq > last, `seq ${receipt.seq} after ${last} in lane ${lane}`);
      last = receipt.seq;
      this.receipts.push(receipt);
    }
  }

  /** Until `count` more messages are answered, and everybody who is connected has them. */
  async goesOn(count) {
    const enough = this.receipts.length + count;
    await until(`${count} more messages to be answered`, () => this.receipts.length >= enough);
    const seq = Math.max(...this.receipts.map((receipt) => receipt.seq));
    for (const client of this.clients) await reaches(client.room(this.id), seq, client.label);
  }

  /** Every answered message once, in order, with everybody. */
  async isExact() {
    await this.settled();
    const log = await this.people[0].log(this.id);
    holdsReceipts(log, this.receipts);
    assert.equal(messagesOf(log).length, this.receipts.length, 'a message that nobody was answered for');
    for (const client of this.clients) {
      await reaches(client.room(this.id), log.seq, client.label);
      holdsLog(client.room(this.id), log, client.label);
    }
    assert.deepEqual(this.clients.flatMap((client) => client.resets), [], 'somebody was told to begin again');
  }
}
