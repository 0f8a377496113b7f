// How messages are grouped by sender and day.

import { describe, expect, it } from "vitest";
import { EMPTY_DRAFT, type Pending } from "../../lib/outbox";
import { ADA, CHAT_ID, GRACE, message } from "../../testing/samples";
import { layOut, type Row } from "./conversation-layout";

const pending: Pending = {
  ...EMPTY_DRAFT,
  clientId: "mine",
  conversationId: CHAT_ID,
  body: "on its way",
  at: "2026-11-22T12:01:00.000Z",
  state: "sending",
  seq: null,
  reason: null,
  final: false,
};

/** One word a row: o(pens), c(loses) and the text. */
function drawn(rows: Row[]): string[] {
  return rows.map((row) => (row.kind === "message" ? `${row.opens ? "o" : "-"}${row.closes ? "c" : "-"} ${row.shown.message.body}` : row.kind));
}

function shown(given: Partial<Parameters<typeof layOut>[0]>) {
  return layOut({ messages: [], pending: [], userId: ADA.id, readBefore: null, ...given });
}

describe("layOut", () => {
  it("groups messages of one author in a row", () => {
    const messages = [message(1), message(2), message(3, { actorId: ADA.id }), message(4)];
    expect(drawn(shown({ messages }))).toEqual(["day", "o- text 1", "-c text 2", "oc text 3", "oc text 4"]);
  });

  it("opens a new group after a pause", () => {
    const messages = [message(1), message(2, { at: "2026-11-22T12:10:00.000Z" })];
    expect(drawn(shown({ messages }))).toEqual(["day", "oc text 1", "oc text 2"]);
  });

  it("draws a line between two days", () => {
    const messages = [message(1), message(2, { at: "2026-11-24T12:00:00.000Z" })];
    expect(drawn(shown({ messages }))).toEqual(["day", "oc text 1", "day", "oc text 2"]);
  });

  it("draws the line above the first new message of others", () => {
    const messages = [message(1), message(2, { actorId: ADA.id }), message(3, { actorId: GRACE.id })];
    expect(drawn(shown({ messages, readBefore: 1 }))).toEqual(["day", "oc text 1", "oc text 2", "new", "oc text 3"]);
  });

  it("puts pending messages last, under the key they keep", () => {
    const before = shown({ messages: [message(1)], pending: [pending] });
    expect(drawn(before)).toEqual(["day", "oc text 1", "oc on its way"]);
    const after = shown({ messages: [message(1), message(2, { actorId: ADA.id, clientId: "mine" })], pending: [pending] });
    expect(drawn(after)).toEqual(["day", "oc text 1", "oc text 2"]);
    expect(after.at(-1)?.key).toBe(before.at(-1)?.key);
  });
});
