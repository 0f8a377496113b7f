// The client rule of `seq`, also over random orders with loss and repeats.

import { describe, expect, it } from "vitest";
import { EPOCH, message, page, posted, seqs } from "../testing/samples";
import type { Envelope, JoinPage } from "./api-types";
import { applyEvent, applyJoinPage, logFromHead, withNewestPage, withOlderPage, type ConversationLog } from "./conversation-log";

function joinPage(events: Envelope[], change: Partial<JoinPage> = {}): JoinPage {
  return { ok: true, events, seq: events.at(-1)?.seq ?? 0, epoch: EPOCH, more: false, ...change };
}

function shown(log: ConversationLog): number[] {
  return log.messages.map((one) => one.seq);
}

const opened = withNewestPage(null, page(3, 5));

describe("the rule for live events", () => {
  it("ignores what it has", () => {
    const { log, outcome } = applyEvent(opened, posted(5));
    expect(outcome).toBe("old");
    expect(log).toBe(opened);
  });

  it("applies the next one", () => {
    const { log, outcome } = applyEvent(opened, posted(6));
    expect(outcome).toBe("applied");
    expect(log).toMatchObject({ last: 6, messageNo: 6, lastAt: posted(6).at });
    expect(log.messages.at(-1)).toEqual(message(6));
  });

  it("takes nothing from beyond a hole", () => {
    const { log, outcome } = applyEvent(opened, posted(7));
    expect(outcome).toBe("hole");
    expect(log).toBe(opened);
  });

  it("counts events of unknown types without showing them", () => {
    const { log, outcome } = applyEvent(opened, posted(6, { type: "poll.opened", messageNo: 5, data: { question: "?" } }));
    expect(outcome).toBe("applied");
    expect(log.last).toBe(6);
    expect(shown(log)).toEqual([3, 4, 5]);
  });

  it("keeps the place of a message that was taken back", () => {
    const { log } = applyEvent(opened, posted(6, { redacted: true, data: {} }));
    expect(log.last).toBe(6);
    expect(shown(log)).toEqual([3, 4, 5, 6]);
    expect(log.messages.at(-1)).toMatchObject({ deleted: true, body: "" });
  });
});

describe("pages of history", () => {
  it("says whether older messages exist", () => {
    expect(withNewestPage(null, page(3, 5)).history).toBe("partial");
    expect(withNewestPage(null, page(1, 5)).history).toBe("complete");
  });

  it("keeps live messages that are younger than the page", () => {
    let log = logFromHead({ seq: 4, messageNo: 4 });
    for (const seq of [5, 6, 7]) log = applyEvent(log, posted(seq)).log;
    const merged = withNewestPage(log, page(2, 6));
    expect(shown(merged)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(merged).toMatchObject({ last: 7, messageNo: 7 });
  });

  it("goes back to the page if it could not be continued without a gap", () => {
    const merged = withNewestPage(logFromHead({ seq: 9, messageNo: 9 }), page(2, 6));
    expect(merged.last).toBe(6);
    expect(shown(merged)).toEqual([2, 3, 4, 5, 6]);
  });

  it("takes nothing over from another life of the store", () => {
    const old = applyEvent({ ...opened, epoch: "00000000000000e0" }, posted(6)).log;
    const merged = withNewestPage(old, page(1, 2));
    expect(shown(merged)).toEqual([1, 2]);
    expect(merged).toMatchObject({ last: 2, epoch: EPOCH });
  });

  it("puts older messages in front", () => {
    const log = withOlderPage(opened, page(1, 2, { hasMore: false }));
    expect(shown(log)).toEqual([1, 2, 3, 4, 5]);
    expect(log).toMatchObject({ last: 5, history: "complete" });
  });

  it("drops the oldest live messages of a conversation that is not open", () => {
    let log = logFromHead({ seq: 0, messageNo: 0 });
    for (const seq of seqs(1, 250)) log = applyEvent(log, posted(seq)).log;
    expect(shown(log)).toEqual(seqs(51, 250));
    expect(shown(withNewestPage(log, page(1, 50)))).toEqual(seqs(1, 250));
    expect(withNewestPage(log, page(1, 49)).last).toBe(49);
  });
});

describe("the page of a join", () => {
  it("is live once the page was the last one", () => {
    const { log, next } = applyJoinPage(opened, joinPage([posted(6), posted(7)]));
    expect(next).toBe("live");
    expect(log.last).toBe(7);
  });

  it("asks for more", () => {
    const { log, next } = applyJoinPage(opened, joinPage([posted(6)], { more: true }));
    expect(next).toBe("more");
    expect(log.last).toBe(6);
  });

  it("overlaps with live events without harm", () => {
    const ahead = applyEvent(opened, posted(6)).log;
    const { log, next } = applyJoinPage(ahead, joinPage([posted(6), posted(7)]));
    expect(next).toBe("live");
    expect(shown(log)).toEqual([3, 4, 5, 6, 7]);
  });

  it("does not ask again at once when the answer leads nowhere", () => {
    expect(applyJoinPage(opened, joinPage([], { seq: 5, more: true })).next).toBe("stuck");
    expect(applyJoinPage(opened, joinPage([posted(8)])).next).toBe("stuck");
    expect(applyJoinPage(opened, joinPage([], { seq: 9 })).next).toBe("stuck");
  });

  it("tells another life of the store", () => {
    expect(applyJoinPage(opened, joinPage([], { seq: 5, epoch: "00000000000000ff" })).next).toBe("reset");
  });

  it("learns the epoch", () => {
    expect(applyJoinPage(logFromHead({ seq: 3, messageNo: 3 }), joinPage([], { seq: 3 })).log.epoch).toBe(EPOCH);
  });
});

describe("any order of delivery", () => {
  it("ends with the whole log, each event once and in order", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = generator(seed);
      const all = seqs(1, 40).map((seq) => posted(seq, seq % 5 === 0 ? { type: "member.added" } : {}));
      let log = withNewestPage(null, { messages: [], seq: 0, epoch: EPOCH, hasMore: false, hasNewer: false });
      for (let step = 0; step < 120; step += 1) {
        const event = all[Math.floor(random() * all.length)];
        if (event !== undefined && applyEvent(log, event).outcome === "applied") log = applyEvent(log, event).log;
        if (random() < 0.1) log = applyJoinPage(log, serve(all, log.last, 1 + Math.floor(random() * 5))).log;
      }
      while (log.last < 40) log = applyJoinPage(log, serve(all, log.last, 7)).log;
      expect(shown(log), `seed ${seed}`).toEqual(seqs(1, 40).filter((seq) => seq % 5 !== 0));
    }
  });
});

function serve(all: Envelope[], after: number, limit: number): JoinPage {
  const events = all.slice(after, after + limit);
  return joinPage(events, { seq: after + events.length, more: after + events.length < all.length });
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
