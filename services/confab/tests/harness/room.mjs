// One conversation as a client sees it: what it holds, what the server owes it, and what the server
// did wrong. No I/O.
//
// Between the ack of a join (`ok`, `more: false`, `seq: s`) and the next join or disconnect the client
// is owed s+1, s+2, … each exactly once. While a join is under way events of the one before may come
// until it is answered; on a connection without an earlier join there are none to come.

export class Room {
  constructor(id, after, epoch, complain) {
    this.id = id;
    this.last = after;
    this.epoch = epoch;
    this.start = after;
    this.events = [];
    this.pages = [];
    this.listening = false;
    this.refusal = null;
    this.complain = (text) => complain(`${id}: ${text}`);
    this.joins = 0;
    this.pending = null;
    this.rightOnSocket = false;
  }

  /** A join goes out; gives its number, by which the answer is known to be of this one. */
  joining() {
    this.pending = ++this.joins;
    this.asked = this.last;
    this.listening = false;
    return this.pending;
  }

  /** The options of the join, null for a bare one. */
  question() {
    if (this.last === null) return null;
    return this.epoch ? { after: this.last, epoch: this.epoch } : { after: this.last };
  }

  /** Gives `again` if the page has more, else nothing. */
  answered(join, answer) {
    if (join !== this.pending) return undefined;
    this.pending = null;
    this.rightOnSocket = false;
    if (!answer?.ok) {
      if (typeof answer?.code !== 'string') this.complain(`an answer without a code: ${JSON.stringify(answer)}`);
      return undefined;
    }
    this.epoch = answer.epoch;
    if (this.last === null) {
      this.start = answer.seq;
      this.last = answer.seq;
    }
    this.#page(answer, this.asked ?? answer.seq);
    if (answer.more) {
      if (answer.events.length === 0) this.complain('a page says more and brings nothing');
      return 'again';
    }
    this.listening = true;
    this.rightOnSocket = true;
    return undefined;
  }

  /** A live event. Gives `hole` if the client must join again. */
  received(event) {
    const expected = (this.last ?? -1) + 1;
    if (this.listening) {
      if (event.seq === expected) {
        this.#apply(event);
        return undefined;
      }
      this.complain(`seq ${event.seq} came, ${expected} was owed`);
      return event.seq > expected ? 'hole' : undefined;
    }
    // Not listening: only what an earlier join of this connection still owed may come. A join with
    // `after` begins behind `last`, so such an event is applied if it fits and left to the page if not.
    if (!this.rightOnSocket) {
      this.complain(`seq ${event.seq} came without a join`);
    } else if (event.seq === expected) {
      this.#apply(event);
    }
    return undefined;
  }

  disconnected() {
    this.listening = false;
    this.pending = null;
    this.rightOnSocket = false;
  }

  /** `reset`: everything held is dropped, and the log read from its beginning. */
  restart() {
    this.disconnected();
    this.events = [];
    this.last = 0;
    this.start = 0;
    this.epoch = undefined;
  }

  #page(answer, after) {
    this.pages.push({ after, length: answer.events.length, seq: answer.seq, more: answer.more });
    answer.events.forEach((event, index) => {
      if (event.seq !== after + 1 + index) this.complain(`a page after ${after} has ${event.seq} in place ${index}`);
    });
    const end = after + answer.events.length;
    if (answer.seq !== end) this.complain(`a page that ends at ${end} says seq ${answer.seq}`);
    // Events of the earlier join may have moved `last` since the question was asked.
    for (const event of answer.events) {
      if (event.seq === this.last + 1) this.#apply(event);
    }
  }

  #apply(event) {
    if (event.conversationId !== this.id) this.complain(`an envelope of ${event.conversationId}`);
    this.events.push(event);
    this.last = event.seq;
  }
}
