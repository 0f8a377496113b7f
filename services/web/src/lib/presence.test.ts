// Who is there: asked for those on the screen only, once per change, and anew on every line.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Presence } from "./api-types";
import { PresenceWatch } from "./presence";

const SOON = 1_000;
const online = (userId: string): Presence => ({ userId, state: "online", lastSeenAt: null });
const asked: string[][] = [];
let answer: (ids: readonly string[]) => readonly Presence[] | null;
let watch: PresenceWatch;

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  answer = (ids) => ids.map(online);
  watch = new PresenceWatch({
    watch: (ids, answered) => {
      asked.push([...ids]);
      answered(answer(ids));
    },
    changed: () => undefined,
  });
  return () => vi.useRealTimers();
});

const pass = () => vi.advanceTimersByTime(SOON);

describe("watching", () => {
  it("asks once for all parts of the page together", () => {
    watch.want(["ada"]);
    watch.want(["grace", "ada"]);
    pass();
    expect(asked).toEqual([["ada", "grace"]]);
    expect([...watch.known.keys()]).toEqual(["ada", "grace"]);
  });

  it("lets go of a person when no part of the page wants to know any more", () => {
    const first = watch.want(["ada"]);
    const second = watch.want(["ada", "grace"]);
    pass();
    first();
    pass();
    second();
    pass();
    expect(asked).toEqual([["ada", "grace"], []]);
    watch.heard(online("ada"));
    expect(watch.known.has("ada")).toBe(false);
  });

  it("asks again on a new line, and knows nothing without one", () => {
    watch.want(["ada"]);
    pass();
    watch.disconnected();
    expect(watch.known.size).toBe(0);
    watch.connected();
    pass();
    expect(asked).toHaveLength(2);
    expect(watch.known.get("ada")?.state).toBe("online");
  });

  it("takes what is told later, but not of strangers", () => {
    watch.want(["ada"]);
    pass();
    watch.heard({ userId: "ada", state: "offline", lastSeenAt: "2026-11-22T12:00:00Z" });
    watch.heard(online("mallory"));
    expect([...watch.known.values()]).toEqual([{ userId: "ada", state: "offline", lastSeenAt: "2026-11-22T12:00:00Z" }]);
  });

  it("asks again if no answer came", () => {
    answer = () => null;
    watch.want(["ada"]);
    pass();
    watch.want(["ada"]);
    pass();
    expect(asked).toHaveLength(2);
  });
});
