// Messages on their way out: order, retries, failures.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { CHAT_ID, message, page } from "../testing/samples";
import type { Posted } from "./api-types";
import { withNewestPage } from "./conversation-log";
import { ApiError } from "./http";
import { Outbox, type OutboxPorts } from "./outbox";

const away = new ApiError(0, "timeout", "The server took too long to answer.");
const refused = new ApiError(422, "invalid", "Body is too long.", "body");

let send: ReturnType<typeof vi.fn<OutboxPorts["send"]>>;
let stored: Map<string, string>;
let outbox: Outbox;

function accepted(seq: number): Posted {
  return { seq, position: seq, messageNo: seq, at: "2026-11-22T12:00:00.000000Z", clientId: "any" };
}

function newOutbox(): Outbox {
  const made = new Outbox({
    send,
    changed: () => undefined,
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    storageKey: "outbox",
  });
  made.start();
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  send = vi.fn();
  stored = new Map();
  outbox = newOutbox();
  return () => vi.useRealTimers();
});

const states = () => outbox.pending.map((one) => one.state);
const sent = () => send.mock.calls.map(([, { body, clientId }]) => ({ body, clientId }));

describe("sending", () => {
  it("shows a message at once and keeps it until its event arrives", async () => {
    send.mockResolvedValue(accepted(6));
    outbox.post(CHAT_ID, { body: "hello" });
    expect(states()).toEqual(["sending"]);
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["sent"]);
    const { clientId } = outbox.pending[0] ?? { clientId: "" };
    outbox.settle(CHAT_ID, withNewestPage(null, page(1, 5)));
    expect(states()).toEqual(["sent"]);
    outbox.settle(CHAT_ID, withNewestPage(null, page(1, 5, { messages: [message(6, { clientId })], seq: 6 })));
    expect(states()).toEqual([]);
  });

  it("sends the second only when the first is answered", async () => {
    let answerFirst: (posted: Posted) => void = () => undefined;
    send.mockImplementationOnce(() => new Promise((resolve) => (answerFirst = resolve))).mockResolvedValue(accepted(7));
    outbox.post(CHAT_ID, { body: "one" });
    outbox.post(CHAT_ID, { body: "two" });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent().map((one) => one.body)).toEqual(["one"]);
    answerFirst(accepted(6));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent().map((one) => one.body)).toEqual(["one", "two"]);
  });

  it("lets go of a message whose event came although the answer was lost", async () => {
    send.mockRejectedValue(away);
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(0);
    const { clientId } = outbox.pending[0] ?? { clientId: "" };
    outbox.settle(CHAT_ID, withNewestPage(null, page(1, 1, { messages: [message(1, { clientId })] })));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states()).toEqual([]);
    expect(send).toHaveBeenCalledTimes(1);
  });
});

describe("trouble", () => {
  it("says whether the same message would be refused again", async () => {
    send.mockRejectedValueOnce(refused);
    outbox.post(CHAT_ID, { body: "refused" });
    await vi.advanceTimersByTimeAsync(0);
    send.mockRejectedValue(away);
    outbox.post(CHAT_ID, { body: "unanswered" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outbox.pending.map(({ state, final }) => ({ state, final }))).toEqual([
      { state: "failed", final: true },
      { state: "failed", final: false },
    ]);
  });

  it("takes a discarded message back in where it was", async () => {
    send.mockRejectedValue(refused);
    for (const body of ["one", "two"]) {
      outbox.post(CHAT_ID, { body });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const [first] = outbox.pending;
    if (first === undefined) throw new Error("nothing pending");
    outbox.discard(first.clientId);
    outbox.restore(first);
    outbox.restore(first);
    expect(outbox.pending.map((one) => one.body)).toEqual(["one", "two"]);
    expect(newOutbox().pending).toEqual(outbox.pending);
  });

  it("repeats with the same clientId, a few times, then shows it as failed", async () => {
    send.mockRejectedValue(away);
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(send).toHaveBeenCalledTimes(6);
    expect(new Set(sent().map((one) => one.clientId)).size).toBe(1);
    expect(outbox.pending[0]).toMatchObject({ state: "failed", reason: away.message });
  });

  it("sends a failed one again with the same clientId when asked to", async () => {
    send.mockRejectedValueOnce(refused).mockResolvedValueOnce(accepted(6));
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["failed"]);
    outbox.retry(outbox.pending[0]?.clientId ?? "");
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["sent"]);
    expect(sent()[0]).toEqual(sent()[1]);
  });

  it("does not repeat what was refused, and goes on with the next", async () => {
    send.mockRejectedValueOnce(refused).mockResolvedValueOnce(accepted(6));
    outbox.post(CHAT_ID, { body: "too long" });
    outbox.post(CHAT_ID, { body: "fine" });
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["failed", "sent"]);
  });

  it("lets nothing overtake a message that nobody answers for", async () => {
    send.mockRejectedValue(away);
    outbox.post(CHAT_ID, { body: "first" });
    outbox.post(CHAT_ID, { body: "second" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(states()).toEqual(["failed", "failed"]);
    expect(new Set(sent().map((one) => one.body))).toEqual(new Set(["first"]));
  });

  it("waits as long as the server says", async () => {
    send.mockRejectedValueOnce(new ApiError(429, "rate_limited", "Too many messages.", null, 5)).mockResolvedValueOnce(accepted(6));
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(4_900);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(states()).toEqual(["sent"]);
  });

  it("does not wait once the line is up again", async () => {
    send.mockRejectedValueOnce(away).mockResolvedValueOnce(accepted(6));
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(0);
    outbox.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["sent"]);
  });

  it("forgets a discarded message", async () => {
    send.mockRejectedValueOnce(refused);
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(0);
    outbox.discard(outbox.pending[0]?.clientId ?? "");
    expect(states()).toEqual([]);
    expect(stored.size).toBe(0);
  });
});

describe("a reload", () => {
  it("sends what was not answered yet, with its old clientId", async () => {
    send.mockRejectedValueOnce(away);
    outbox.post(CHAT_ID, { body: "hello" });
    await vi.advanceTimersByTimeAsync(0);
    outbox.stop();
    await vi.advanceTimersByTimeAsync(0);
    send.mockResolvedValueOnce(accepted(6));
    outbox = newOutbox();
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["sent"]);
    expect(sent()).toHaveLength(2);
    expect(sent()[0]).toEqual(sent()[1]);
  });

  it("keeps nothing after signing out", () => {
    send.mockRejectedValue(away);
    outbox.post(CHAT_ID, { body: "hello" });
    outbox.clear();
    expect(stored.size).toBe(0);
  });
});
