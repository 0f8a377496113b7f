// What the sidebar says of a conversation.

import { describe, expect, it } from "vitest";
import { conversation, message, posted, seqs } from "../testing/samples";
import { applyEvent, logFromHead } from "./conversation-log";
import { byActivity, isMuted, summarise } from "./conversation-summary";

const listed = conversation({ head: { seq: 5, messageNo: 5 }, lastMessage: message(5), unread: 2 });

function logAfter(head: number, to: number) {
  return seqs(head + 1, to).reduce((log, seq) => applyEvent(log, posted(seq)).log, logFromHead({ seq: head, messageNo: head }));
}

describe("what signals tell", () => {
  const activity = { seq: 9, messageNo: 8, at: "2026-11-22T13:00:00Z" };

  it("counts what was said where nobody has joined", () => {
    expect(summarise(listed, null, 0, { activity })).toMatchObject({ unread: 5, movedAt: activity.at, lastMessage: message(5) });
  });

  it("takes nothing back when it is older than what is known", () => {
    const old = { ...activity, seq: 4, messageNo: 4 };
    expect(summarise(listed, null, 0, { activity: old })).toMatchObject({ unread: 2, movedAt: null });
  });

  it("keeps the conversation in front once the list knows, too", () => {
    const fetched = { ...listed, head: { seq: 9, messageNo: 8 }, unread: 5 };
    expect(summarise(fetched, null, 0, { activity })).toMatchObject({ unread: 5, movedAt: activity.at });
  });
});

describe("mentions", () => {
  const named = { ...listed, mentions: 1 };

  it("are the fetched ones and those that came live, of others", () => {
    const log = [posted(6, { data: { body: "@ada", mentions: ["ada"] } }), posted(7, { data: { body: "all", everyone: true } }), posted(8, { actorId: "ada", data: { body: "me", mentions: ["ada"] } })].reduce(
      (before, event) => applyEvent(before, event).log,
      logFromHead({ seq: 5, messageNo: 5 }),
    );
    expect(summarise(named, log, 0, { userId: "ada" })).toMatchObject({ unread: 5, mentions: 3 });
    expect(summarise(named, log, 6, { userId: "ada" })).toMatchObject({ unread: 2, mentions: 1 });
    expect(summarise(named, log, 8, { userId: "ada" })).toMatchObject({ unread: 0, mentions: 0 });
  });
});

describe("muting", () => {
  it("lasts until its time", () => {
    const until = conversation({ mutedUntil: "2026-11-22T13:00:00Z" });
    expect([isMuted(until, new Date("2026-11-22T12:59:59Z")), isMuted(until, new Date("2026-11-22T13:00:00Z")), isMuted(conversation())]).toEqual([true, false, false]);
  });
});

describe("summarise", () => {
  it("shows the list as it was fetched while nothing happened", () => {
    expect(summarise(listed, null, 0)).toEqual({ conversation: listed, lastMessage: message(5), unread: 2, mentions: 0, movedAt: null });
  });

  it("lays live messages over it", () => {
    const summary = summarise(listed, logAfter(5, 8), 0);
    expect(summary).toMatchObject({ unread: 5, movedAt: posted(8).at });
    expect(summary.lastMessage?.seq).toBe(8);
  });

  it("counts nothing twice when the list is fetched again", () => {
    const again = conversation({ head: { seq: 8, messageNo: 8 }, lastMessage: message(8), unread: 5 });
    expect(summarise(again, logAfter(5, 8), 0)).toMatchObject({ unread: 5, movedAt: null });
  });

  it("takes nothing back when a late answer brings an older list", () => {
    const log = logAfter(5, 8);
    expect(summarise(listed, log, 0).unread).toBe(5);
    expect(summarise(conversation({ ...listed, unread: 2 }), log, 0).lastMessage?.seq).toBe(8);
  });

  it("is read up to what was seen here", () => {
    expect(summarise(listed, logAfter(5, 8), 7).unread).toBe(1);
    expect(summarise(listed, logAfter(5, 8), 8).unread).toBe(0);
  });

  it("counts nothing for somebody who only looks in", () => {
    expect(summarise(conversation({ ...listed, role: null }), logAfter(5, 8), 0).unread).toBe(0);
  });
});

describe("byActivity", () => {
  it("puts the latest live activity first and keeps the order of the rest", () => {
    const at = (id: string, movedAt: string | null) => ({ conversation: conversation({ id }), lastMessage: null, unread: 0, mentions: 0, movedAt });
    const sorted = byActivity([at("a", null), at("b", "2026-11-22T12:00:01Z"), at("c", null), at("d", "2026-11-22T12:00:02Z")]);
    expect(sorted.map((one) => one.conversation.id)).toEqual(["d", "b", "a", "c"]);
  });
});
