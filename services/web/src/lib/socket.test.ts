// The one socket: coming back, giving up, and what it hands on.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { socket } from "../testing/fake-socket";
import { CHAT_ID, posted } from "../testing/samples";
import { createLine, type Line } from "./socket";

vi.mock("socket.io-client", () => import("../testing/fake-socket"));

const handlers = {
  online: vi.fn(),
  status: vi.fn(),
  event: vi.fn(),
  membership: vi.fn(),
  signal: vi.fn(), reset: vi.fn(),
  sessionEnded: vi.fn(),
};
let line: Line;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  line = createLine(handlers);
  line.open();
  return () => vi.useRealTimers();
});

describe("coming back", () => {
  it("leaves it to the stock client where that reconnects", async () => {
    socket().comesUp();
    socket().breaks("transport close");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(handlers.status).toHaveBeenLastCalledWith("reconnecting");
    expect(socket().connects).toBe(1);
  });

  it("comes back by itself after the server said DISCONNECT", async () => {
    socket().comesUp();
    socket().breaks("io server disconnect", false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(socket().connects).toBe(2);
    socket().comesUp();
    expect(handlers.online).toHaveBeenCalledTimes(2);
  });

  it("comes back after a refusal that may pass", async () => {
    socket().isRefused("unavailable");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(handlers.status).toHaveBeenLastCalledWith("reconnecting");
    socket().isRefused("too_many_sockets");
    expect(handlers.status).toHaveBeenLastCalledWith("crowded");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(socket().connects).toBe(3);
    expect(handlers.sessionEnded).not.toHaveBeenCalled();
  });

  it("does not come back when the session is over", async () => {
    socket().comesUp();
    socket().serverSends("closing", { code: "session_ended" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(handlers.sessionEnded).toHaveBeenCalledOnce();
    expect(socket().connects).toBe(1);
  });

  it("does not come back when it is not let in", async () => {
    socket().isRefused("unauthorized");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(handlers.sessionEnded).toHaveBeenCalledOnce();
    expect(socket().connects).toBe(1);
  });

  it("stays when another reason closes it", () => {
    socket().comesUp();
    socket().serverSends("closing", { code: "draining" });
    expect(handlers.sessionEnded).not.toHaveBeenCalled();
  });
});

describe("what the server sends", () => {
  it("hands on every event of a log, known or not", () => {
    socket().serverSends("message.posted", posted(1));
    socket().serverSends("poll.opened", posted(2, { type: "poll.opened" }));
    expect(handlers.event.mock.calls).toEqual([[posted(1)], [posted(2, { type: "poll.opened" })]]);
  });

  it("tells membership and reset apart from the logs", () => {
    socket().serverSends("conversation.entered", posted(1, { type: "conversation.entered" }));
    socket().serverSends("conversation.exited", posted(2, { type: "conversation.exited" }));
    socket().serverSends("reset", { epoch: "00000000000000e2" });
    socket().serverSends("error", { code: "unknown_event", message: "…", event: "x" });
    expect(handlers.event).not.toHaveBeenCalled();
    expect(handlers.membership.mock.calls).toEqual([
      ["entered", CHAT_ID],
      ["exited", CHAT_ID],
    ]);
    expect(handlers.reset).toHaveBeenCalledOnce();
  });
});

describe("joining", () => {
  it("asks with after and epoch", () => {
    socket().comesUp();
    const answer = { ok: true, seq: 5, epoch: "e", more: false, events: [] };
    socket().answers = () => answer;
    const answered = vi.fn();
    line.join(CHAT_ID, { after: 5, epoch: "e" }, answered);
    line.join(CHAT_ID, { after: 0, epoch: null }, answered);
    expect(socket().sent).toEqual([
      ["joinConversation", CHAT_ID, { after: 5, epoch: "e" }],
      ["joinConversation", CHAT_ID, { after: 0 }],
    ]);
    expect(answered).toHaveBeenCalledWith(answer);
  });

  it("answers null when there is no line or no answer", () => {
    const answered = vi.fn();
    line.join(CHAT_ID, { after: 5, epoch: null }, answered);
    expect(socket().sent).toEqual([]);
    socket().comesUp();
    line.join(CHAT_ID, { after: 5, epoch: null }, answered);
    expect(answered.mock.calls).toEqual([[null], [null]]);
  });
});
