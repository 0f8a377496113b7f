// The store of open conversations: joining, leaving, resets, several rooms at once.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeServer } from "../testing/fake-server";
import { socket } from "../testing/fake-socket";
import { ADA, CHAT_ID, EPOCH, conversation, message, page, posted } from "../testing/samples";
import { Chat, FOLLOWED, JOINED_LIMIT } from "./chat";

vi.mock("socket.io-client", () => import("../testing/fake-socket"));

const notices = { outdated: vi.fn(), messageChanged: vi.fn(), changeFailed: vi.fn(), signal: vi.fn(), sessionEnded: vi.fn() };
let server: ReturnType<typeof fakeServer>;
let chat: Chat;

beforeEach(() => {
  vi.clearAllMocks();
  sessionStorage.clear();
  server = fakeServer({ [`GET /conversations/${CHAT_ID}/messages`]: () => ({ body: page(1, 5) }) });
  chat = new Chat(ADA.id, notices);
  chat.start();
  socket().answers = (name, [, from]) =>
    name === "joinConversation" ? { ok: true, seq: (from as { after: number }).after, epoch: EPOCH, more: false, events: [] } : { ok: true };
  return () => {
    chat.stop();
    vi.unstubAllGlobals();
  };
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const log = () => chat.snapshot().feeds.get(CHAT_ID)?.log ?? null;
const reads = () => server.calls.length;

describe("the line", () => {
  it("joins all followed conversations and calls the list outdated on every connection", () => {
    chat.follow([conversation({ head: { seq: 7, messageNo: 7 } }), conversation({ id: "other", head: { seq: 1, messageNo: 1 } })]);
    socket().comesUp();
    expect(socket().sent).toEqual([
      ["joinConversation", CHAT_ID, { after: 7 }],
      ["joinConversation", "other", { after: 1 }],
    ]);
    expect(notices.outdated).toHaveBeenCalledWith();
    socket().breaks("transport close");
    socket().comesUp();
    expect(socket().sent.slice(2)).toEqual([
      ["joinConversation", CHAT_ID, { after: 7, epoch: EPOCH }],
      ["joinConversation", "other", { after: 1, epoch: EPOCH }],
    ]);
  });

  it("drops everything on a reset, reads the open conversation afresh and joins it", async () => {
    socket().comesUp();
    chat.open(CHAT_ID);
    await settled();
    socket().serverSends("message.posted", posted(6));
    chat.seen(CHAT_ID, message(6));
    server.table[`GET /conversations/${CHAT_ID}/messages`] = () => ({ body: page(1, 2, { epoch: "00000000000000e2" }) });
    socket().answers = () => ({ ok: true, seq: 2, epoch: "00000000000000e2", more: false, events: [] });
    notices.outdated.mockClear();
    socket().serverSends("reset", { epoch: "00000000000000e2" });
    await settled();
    expect(log()).toMatchObject({ last: 2, epoch: "00000000000000e2" });
    expect(log()?.messages.map((one) => one.seq)).toEqual([1, 2]);
    expect(socket().sent.at(-1)).toEqual(["joinConversation", CHAT_ID, { after: 2, epoch: "00000000000000e2" }]);
    expect(notices.outdated).toHaveBeenCalledWith();
    expect(chat.snapshot().readUpTo(CHAT_ID)).toBe(0);
  });

  it("reads history once, however often the conversation is opened", async () => {
    socket().comesUp();
    chat.open(CHAT_ID);
    chat.open(CHAT_ID);
    await settled();
    chat.open(CHAT_ID);
    await settled();
    expect(reads()).toBe(1);
  });
});

describe("membership", () => {
  it("forgets a conversation that the user left elsewhere", async () => {
    socket().comesUp();
    chat.open(CHAT_ID);
    await settled();
    socket().serverSends("conversation.exited", posted(1, { type: "conversation.exited" }));
    await settled();
    expect(log()).toBeNull();
    expect(socket().sent.at(-1)).toEqual(["leaveConversation", CHAT_ID]);
    expect(notices.outdated).toHaveBeenCalledWith(CHAT_ID);
  });

  it("calls the list outdated when the user entered one", () => {
    socket().serverSends("conversation.entered", posted(1, { type: "conversation.entered" }));
    expect(notices.outdated).toHaveBeenCalledWith(CHAT_ID);
  });

  it("calls a conversation outdated by its rule events, not by its messages", () => {
    socket().serverSends("message.posted", posted(1));
    expect(notices.outdated).not.toHaveBeenCalled();
    socket().serverSends("member.added", posted(2, { type: "member.added" }));
    expect(notices.outdated).toHaveBeenCalledWith(CHAT_ID);
  });
});

describe("joining", () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => conversation({ id: `room ${at}`, head: { seq: 1, messageNo: 1 } }));
  const joined = () => {
    const rooms = new Set<unknown>();
    for (const [name, room] of socket().sent) {
      if (name === "joinConversation") rooms.add(room);
      if (name === "leaveConversation") rooms.delete(room);
    }
    return rooms;
  };

  it("is for the newest of the list and the open one", async () => {
    socket().comesUp();
    chat.follow(many(FOLLOWED + 5));
    chat.open(CHAT_ID);
    await settled();
    expect(joined().size).toBe(FOLLOWED + 1);
    expect([joined().has(CHAT_ID), joined().has(`room ${FOLLOWED}`)]).toEqual([true, false]);
  });

  it("leaves what was used longest ago when it gets too much, and keeps what is known of it", () => {
    socket().comesUp();
    const rooms = many(JOINED_LIMIT + 3);
    for (let at = 0; at < rooms.length; at += FOLLOWED) chat.follow(rooms.slice(at, at + FOLLOWED));
    expect(joined().size).toBe(JOINED_LIMIT);
    expect(joined().has("room 0")).toBe(false);
    expect(chat.attention.snapshot().activity.get("room 0")).toMatchObject({ seq: 1, messageNo: 1 });
  });
});

describe("signals", () => {
  const seen = () => chat.attention.snapshot();

  it("are no part of a log, whatever they look like", async () => {
    socket().comesUp();
    chat.open(CHAT_ID);
    await settled();
    socket().serverSends("conversation.activity", { conversationId: CHAT_ID, seq: 6, messageNo: 6 });
    socket().serverSends("read.moved", { conversationId: CHAT_ID, userId: "somebody", seq: 9 });
    expect(log()?.last).toBe(5);
    expect(seen().activity.get(CHAT_ID)).toMatchObject({ seq: 6, messageNo: 6 });
    expect(notices.signal).toHaveBeenCalledTimes(2);
  });

  it("let a writer go with the message, and without a line", () => {
    socket().comesUp();
    const typing = { conversationId: CHAT_ID, userId: "grace", threadSeq: null };
    socket().serverSends("typing.started", typing);
    socket().serverSends("typing.started", { ...typing, userId: ADA.id });
    expect(seen().writers.get(CHAT_ID)).toEqual(["grace"]);
    socket().serverSends("message.posted", posted(6, { actorId: "grace" }));
    expect(seen().writers.size).toBe(0);
    socket().serverSends("typing.started", typing);
    socket().breaks("transport close");
    expect(seen().writers.size).toBe(0);
  });

  it("take over what was read on another device, without telling the server", async () => {
    socket().comesUp();
    chat.open(CHAT_ID);
    await settled();
    socket().serverSends("read.moved", { conversationId: CHAT_ID, userId: ADA.id, seq: 4 });
    await settled();
    expect(chat.snapshot().readUpTo(CHAT_ID)).toBe(4);
    expect(server.calls.filter((one) => one.name.startsWith("PUT"))).toEqual([]);
    socket().serverSends("read.moved", { conversationId: "unknown", userId: ADA.id, seq: 4 });
    expect(notices.outdated).toHaveBeenCalledWith("unknown");
  });

  it("say at once that one was taken out, until one is let in again", () => {
    socket().serverSends("conversation.exited", posted(1, { type: "conversation.exited" }));
    expect(seen().lost.has(CHAT_ID)).toBe(true);
    socket().serverSends("conversation.entered", posted(2, { type: "conversation.entered" }));
    expect(seen().lost.has(CHAT_ID)).toBe(false);
  });
});

describe("own messages", () => {
  it("lets go of a repeated message that the log passed long ago", async () => {
    socket().comesUp();
    chat.open(CHAT_ID);
    await settled();
    server.table[`POST /conversations/${CHAT_ID}/messages`] = () => ({ body: { seq: 2, position: 2, messageNo: 2, at: "", clientId: null } });
    chat.post(CHAT_ID, { body: "again" });
    await settled();
    expect(chat.snapshot().pending).toEqual([]);
  });

  it("says that what stands before them is read, also if they were written elsewhere", async () => {
    server.table[`PUT /conversations/${CHAT_ID}/read`] = () => ({ status: 204 });
    const written = message(3, { actorId: ADA.id });
    chat.follow([conversation({ head: { seq: 3, messageNo: 3 }, lastMessage: written, unread: 3 })]);
    socket().comesUp();
    expect(chat.snapshot().readUpTo(CHAT_ID)).toBe(3);
    socket().serverSends("message.posted", posted(4));
    await settled();
    expect(chat.snapshot().readUpTo(CHAT_ID)).toBe(3);
    socket().serverSends("message.posted", posted(5, { actorId: ADA.id }));
    await settled();
    expect(chat.snapshot().readUpTo(CHAT_ID)).toBe(5);
    expect(server.calls.map((one) => one.body)).toEqual([{ seq: 3 }, { seq: 5 }]);
  });
});
