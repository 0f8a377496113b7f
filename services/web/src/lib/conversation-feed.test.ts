// One conversation over socket and history: pages, joins, holes.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { EPOCH, page, posted, seqs } from "../testing/samples";
import type { JoinAnswer, MessagesPage } from "./api-types";
import { ConversationFeed, type PagePlace } from "./conversation-feed";
import { ApiError } from "./http";
import type { JoinFrom } from "./socket";

interface Asked {
  from: JoinFrom;
  answer: (answer: JoinAnswer | null) => void;
}

let joins: Asked[];
let fetchPage: ReturnType<typeof vi.fn<(place: PagePlace) => Promise<MessagesPage>>>;
let reset: ReturnType<typeof vi.fn<() => void>>;
let sessionEnded: ReturnType<typeof vi.fn<() => void>>;
let feed: ConversationFeed;

beforeEach(() => {
  vi.useFakeTimers();
  joins = [];
  fetchPage = vi.fn(() => Promise.resolve(page(3, 5)));
  reset = vi.fn();
  sessionEnded = vi.fn();
  feed = new ConversationFeed({
    join: (from, answer) => joins.push({ from, answer }),
    fetchPage,
    fetchReplies: () => Promise.resolve(page(1, 0)),
    changed: () => undefined,
    reset,
    sessionEnded,
  });
  return () => vi.useRealTimers();
});

function answer(index: number, from: number, to: number, more = false): void {
  joins[index]?.answer({ ok: true, seq: to, epoch: EPOCH, more, events: seqs(from, to).map((seq) => posted(seq)) });
}

async function openAndJoin(): Promise<void> {
  feed.connected();
  await feed.open();
  answer(0, 6, 5);
}

describe("opening", () => {
  it("joins after the page it has read, in the page's epoch", async () => {
    await openAndJoin();
    expect(joins.map((one) => one.from)).toEqual([{ after: 5, epoch: EPOCH }]);
    feed.receive(posted(6));
    expect(feed.state.log?.last).toBe(6);
  });

  it("reads a backlog page by page", async () => {
    feed.connected();
    await feed.open();
    answer(0, 6, 8, true);
    answer(1, 9, 11, true);
    answer(2, 12, 12);
    expect(joins.map((one) => one.from.after)).toEqual([5, 8, 11]);
    expect(feed.state.log?.last).toBe(12);
  });

  it("shows why history could not be read and reads it on the next connection", async () => {
    fetchPage.mockRejectedValueOnce(new ApiError(0, "network", "The server cannot be reached."));
    await feed.open();
    expect(feed.state.error?.code).toBe("network");
    feed.connected();
    await vi.waitFor(() => expect(feed.state.log?.last).toBe(5));
    expect(feed.state.error).toBeNull();
  });

  it("follows a conversation of the sidebar without reading its history", () => {
    feed.connected();
    feed.followFrom({ seq: 9, messageNo: 9 });
    answer(0, 10, 10);
    expect(joins[0]?.from).toEqual({ after: 9, epoch: null });
    expect(fetchPage).not.toHaveBeenCalled();
    expect(feed.state.log?.messages.map((one) => one.seq)).toEqual([10]);
  });

  it("puts older messages in front of the first one", async () => {
    await openAndJoin();
    fetchPage.mockResolvedValueOnce(page(1, 2, { seq: 5 }));
    await feed.loadOlder();
    expect(fetchPage).toHaveBeenLastCalledWith({ before: 3 });
    expect(feed.state.log?.messages.map((one) => one.seq)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("holes and breaks", () => {
  it("joins again after the last one it has, once", async () => {
    await openAndJoin();
    feed.receive(posted(8));
    feed.receive(posted(9));
    expect(joins.map((one) => one.from.after)).toEqual([5, 5]);
    answer(1, 6, 9);
    expect(feed.state.log?.last).toBe(9);
  });

  it("joins again on every connection, from where it is", async () => {
    await openAndJoin();
    feed.receive(posted(6));
    feed.disconnected();
    feed.connected();
    expect(joins[1]?.from.after).toBe(6);
  });

  it("does not look at an answer from before the break", async () => {
    feed.connected();
    await feed.open();
    feed.disconnected();
    answer(0, 6, 7);
    expect(feed.state.log?.last).toBe(5);
  });

  it("asks again when no answer came", async () => {
    feed.connected();
    await feed.open();
    joins[0]?.answer(null);
    expect(joins).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(joins).toHaveLength(2);
  });

  it("waits as long as a limit says", async () => {
    feed.connected();
    await feed.open();
    joins[0]?.answer({ ok: false, code: "rate_limited", message: "too many joins", retryAfter: 3 });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(joins).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(joins).toHaveLength(2);
  });
});

describe("refusals", () => {
  it("stops at a conversation that is not there", async () => {
    feed.connected();
    await feed.open();
    joins[0]?.answer({ ok: false, code: "not_found", message: "no such conversation" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(feed.state.refused).toBe(true);
    expect(joins).toHaveLength(1);
  });

  it("reads what was refused once the user is let in", async () => {
    fetchPage.mockRejectedValueOnce(new ApiError(404, "not_found", "There is no such conversation."));
    feed.connected();
    await feed.open();
    expect(feed.state.refused).toBe(true);
    feed.admitted();
    expect(feed.state).toMatchObject({ refused: false, error: null });
    await vi.waitFor(() => expect(joins.map((one) => one.from.after)).toEqual([5]));
  });

  it("says that the session is over", async () => {
    feed.connected();
    await feed.open();
    joins[0]?.answer({ ok: false, code: "unauthorized", message: "sign in" });
    expect(sessionEnded).toHaveBeenCalledOnce();
  });

  it("drops everything on a reset and reads afresh", async () => {
    await openAndJoin();
    feed.receive(posted(6));
    fetchPage.mockResolvedValueOnce(page(1, 2, { epoch: "00000000000000e2" }));
    feed.receive(posted(8));
    joins[1]?.answer({ ok: false, code: "reset", message: "the store was restored" });
    expect(reset).toHaveBeenCalledOnce();
    expect(feed.state.log).toBeNull();
    await vi.waitFor(() => expect(joins[2]?.from).toEqual({ after: 2, epoch: "00000000000000e2" }));
    expect(feed.state.log?.messages.map((one) => one.seq)).toEqual([1, 2]);
  });
});
