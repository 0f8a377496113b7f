// One trial of rights under fire: a group in which messages fly, a person who loses the right to read it and perhaps gets it back,
// and everything that this person hears and reads meanwhile by every way there is.

import assert from 'node:assert/strict';

import { holdsLog, reaches } from './check.mjs';
import { Ear } from './ear.mjs';
import { connected } from './stock.mjs';
import { sleep, until } from './wait.mjs';

const SOME = 8;
const READS = ['', '/messages?limit=20', '/events?after=0&limit=200', '/members'];

/** How the right ends. Each gives the seq of the event as soon as it is committed; the route that writes it does not tell. */
export const ENDS = {
  removed: ({ rules, owner, id, victim }) => rules.remove(owner, id, victim.id),
  banned: ({ rules, owner, id, victim }) => rules.ban(owner, id, victim.id),
  // One who was never a member hears a public group until it is private.
  private: ({ rules, owner, id }) => rules.setVisibility(owner, id, 'private'),
  async left({ id, victim, random }) {
    await victim.must(204, `DELETE /api/conversations/${id}/members/me`, undefined, { at: random.below(2) });
    return {};
  },
};

export class Trial {
  /** `lane`: `{victim, sockets}`, of which each socket has its `gateway`; `scene`: what all trials share. */
  constructor(scene, lane, number, random) {
    Object.assign(this, scene, lane, { number, random });
    this.way = Object.keys(ENDS)[number % 4];
    this.reads = [];
    this.pressing = true;
    this.told = this.fleet.gateways.map(() => ({ ended: false }));
  }

  get name() {
    return `trial ${this.number} (${this.way})`;
  }

  async run() {
    await this.#gather();
    const readers = [...this.pressers.map((ear) => this.#press(ear)), ...[0, 1].map((at) => this.#read(at))];
    try {
      await this.#flying(async () => {
        await this.#someFly();
        const { seq, published } = await ENDS[this.way](this);
        this.committed = performance.now();
        this.end = seq;
        readers.push(this.#comeLate(), published);
        await this.#someFly();
      });
      await this.#everybodyElseHasAll();
      this.end ??= await this.#seqOfLeaving();
      await this.#heardTheEnd();
    } finally {
      this.pressing = false;
      await Promise.allSettled(readers);
    }
    await Promise.all(readers);
    await this.#allAreRefused();
    this.#nothingLeaked();
    if (this.number % 8 < 4) await this.#comesBack();
  }

  async #gather() {
    const { owner, witness, victim, rules } = this;
    const members = this.way === 'private' ? [witness.id] : [witness.id, victim.id];
    this.id = (await owner.createGroup(`group ${this.number}`, members)).id;
    if (this.way !== 'private') await (await rules.setVisibility(owner, this.id, 'private')).published;
    for (const client of this.clients) client.open(this.id, { after: 0 });
    this.ears = this.sockets.map((socket) => this.#ear(socket));
    [this.steady, this.pressers] = [this.ears.filter((_, n) => n % 2 === 0), this.ears.filter((_, n) => n % 2 === 1)];
    for (const ear of this.steady) assert.ok((await ear.follow(0)).ok, `${this.name}: ${ear.place} joined`);
  }

  #ear(socket) {
    const { gateway } = socket;
    return new Ear({
      socket, conversationId: this.id, userId: this.victim.id, told: this.told[gateway],
      place: `${this.name}, ${socket.place}`, complain: this.complain,
    });
  }

  /** Messages from two people through both replicas, while `work` goes on. */
  async #flying(work) {
    this.sent = 0;
    let flying = true;
    const lanes = [this.owner, this.witness, this.owner, this.witness].map(async (person, n) => {
      while (flying) {
        await person.send(this.id, `message ${this.sent}`, { at: n + this.sent });
        this.sent += 1;
        await sleep(this.random.below(12));
      }
    });
    try {
      await work();
    } finally {
      flying = false;
      await Promise.allSettled(lanes);
    }
    await Promise.all(lanes);
  }

  /** Until some more messages are sent; many of their copies are still on their way to the gateways then. */
  async #someFly() {
    const enough = this.sent + SOME + this.random.below(SOME);
    await until(`${this.name}: messages`, () => this.sent >= enough, { every: 5 });
  }

  /** Joins again and again, from anywhere in what it knows, or bare. */
  async #press(ear) {
    while (this.pressing) {
      const bare = this.random.chance(0.2);
      await ear.join(bare ? undefined : { after: this.random.below(ear.highest + 1), ...(ear.epoch ? { epoch: ear.epoch } : {}) });
      await sleep(this.random.below(60));
    }
  }

  /** Reads by HTTP again and again. */
  async #read(at) {
    for (let count = at; this.pressing; count++) {
      const path = READS[count % READS.length];
      const begun = performance.now();
      const { status, json } = await this.victim.call(`GET /api/conversations/${this.id}${path}`, undefined, { at });
      this.reads.push({ path, begun, status, json });
      await sleep(this.random.below(30));
    }
  }

  /** Sockets that connect and join when it is over. */
  async #comeLate() {
    await sleep(this.random.below(400));
    const gateway = this.random.below(this.fleet.gateways.length);
    const socket = await connected(this.things, this.fleet.gatewayUrls[gateway], this.victim.token);
    const ear = this.#ear(Object.assign(socket, { gateway, place: `late at gateway ${gateway + 1}` }));
    this.ears.push(ear);
    await ear.follow(0);
  }

  async #seqOfLeaving() {
    const { events } = await this.owner.log(this.id);
    return events.findLast((event) => event.type === 'member.left').seq;
  }

  async #heardTheEnd() {
    for (const ear of this.steady) {
      await until(`${ear.place} to hear the end at ${this.end}`, () => ear.highest >= this.end);
    }
  }

  /** By then each gateway has shown it. */
  async #allAreRefused() {
    for (const ear of this.ears) {
      const answer = await ear.join({ after: this.random.below(this.end + 20) });
      assert.equal(answer.code, 'not_found', `${ear.place}: a join was answered ${JSON.stringify(answer)}`);
    }
    const asks = [...READS.map((path) => `GET /api/conversations/${this.id}${path}`), `POST /api/conversations/${this.id}/members`];
    for (const line of asks) assert.equal((await this.victim.call(line)).status, 404, `${this.name}: ${line}`);
    const message = { body: 'still here', clientId: crypto.randomUUID() };
    assert.equal((await this.victim.call(`POST /api/conversations/${this.id}/messages`, message)).status, 404, `${this.name}: a message`);
  }

  #nothingLeaked() {
    for (const ear of this.ears) {
      assert.ok(ear.highest <= this.end, `${ear.place} heard seq ${ear.highest}, and the right ended at ${this.end}`);
      // A page that reaches the end of the right would have been refused.
      for (const seq of ear.joins) assert.ok(seq < this.end, `${ear.place}: a join was answered ok at ${seq} of ${this.end}`);
    }
    for (const { path, begun, status, json } of this.reads) {
      const after = begun - this.committed;
      if (after > 0) assert.equal(status, 404, `${this.name}: GET ${path}, begun ${after} ms after the commit, was answered ${status}`);
      assert.ok([200, 404].includes(status), `${this.name}: GET ${path} was answered ${status}`);
      if (status !== 200) continue;
      const seqs = [json.seq ?? 0, ...(json.events ?? json.messages ?? []).map((one) => one.seq)];
      assert.ok(Math.max(...seqs) < this.end, `${this.name}: GET ${path} gave ${Math.max(...seqs)} of ${this.end}`);
    }
    assert.ok(this.reads.some((read) => read.begun > this.committed), `${this.name}: nothing was read after the end`);
  }

  async #everybodyElseHasAll() {
    const log = await this.owner.log(this.id);
    for (const client of this.clients) {
      await reaches(client.room(this.id), log.seq, client.label);
      holdsLog(client.room(this.id), log, client.label);
    }
    return log;
  }

  /** Added again: nothing comes by itself, everything from a new join on. */
  async #comesBack() {
    for (const told of this.told) told.ended = false;
    await this.#flying(async () => {
      await (await this.rules.add(this.owner, this.id, this.victim.id)).published;
      await this.#someFly();
      for (const ear of this.ears) {
        assert.ok(ear.highest <= this.end, `${ear.place} heard seq ${ear.highest} before it joined again`);
      }
      for (const ear of this.steady) {
        const answer = await until(`${ear.place} to be let in again`, async () => {
          const given = await ear.follow(this.end);
          return given.ok && given;
        });
        // Events may have come since.
        assert.ok(ear.owed > answer.seq, `${ear.place} listens again`);
      }
      await this.#someFly();
    });
    const { seq } = await this.#everybodyElseHasAll();
    for (const ear of this.steady) {
      await until(`${ear.place} to reach ${seq}, it is owed ${ear.owed}`, () => ear.owed === seq + 1);
    }
    this.back = true;
  }
}
