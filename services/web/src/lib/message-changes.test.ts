// Messages before an event + the event = messages fetched after it: the steps that the server's fold is tested with.
import { describe, expect, it } from "vitest";
import steps from "../../../../proto/typescript/message-changes.json";
import type { Envelope, Message } from "./api-types";
import { withEvent } from "./message-changes";

interface Step {
  before: Message[];
  event: Envelope;
  after: Message[];
}

describe("messages after an event are those that would be fetched", () => {
  for (const { before, event, after } of steps as unknown as Step[]) {
    it(`${event.type} at ${String(event.seq)}`, () => {
      expect(withEvent(before, event)).toEqual(after);
    });
  }

  it("has a step for each type of event that changes messages", () => {
    const types = new Set((steps as unknown as Step[]).map(({ event }) => event.type));
    expect([...types].sort()).toEqual([
      "message.deleted",
      "message.edited",
      "message.pinned",
      "message.posted",
      "message.replied",
      "message.unpinned",
      "reaction.added",
      "reaction.removed",
    ]);
  });
});
