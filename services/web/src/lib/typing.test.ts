// Who writes: heard, forgotten, told no more often than needed.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { HEARD_MILLIS, TELL_MILLIS, Typing } from "./typing";

const tell = vi.fn();
const changed = vi.fn();
let typing: Typing;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  typing = new Typing(tell, changed);
  return () => vi.useRealTimers();
});

const writers = () => typing.writers().get("c") ?? [];

describe("those who are heard", () => {
  it("are dropped when nothing came from them for a while", () => {
    typing.heard("c", "ada", null);
    vi.advanceTimersByTime(HEARD_MILLIS - 1);
    typing.heard("c", "ada", null);
    typing.heard("c", "grace", null);
    vi.advanceTimersByTime(HEARD_MILLIS - 1);
    expect(writers()).toEqual(["ada", "grace"]);
    vi.advanceTimersByTime(1);
    expect(typing.writers().size).toBe(0);
  });

  it("are dropped with their message", () => {
    typing.heard("c", "ada", null);
    typing.heard("c", "grace", null);
    typing.stopped("c", "ada");
    typing.stopped("c", "nobody");
    typing.stopped("other", "ada");
    expect(writers()).toEqual(["grace"]);
  });

  it("do not show in the conversation while they write in a thread", () => {
    typing.heard("c", "ada", 7);
    expect(writers()).toEqual([]);
  });
});

describe("what is told", () => {
  it("is told at once, then again only after a while, for each place", () => {
    typing.wrote("c");
    typing.wrote("c");
    typing.wrote("c", 7);
    expect(tell.mock.calls).toEqual([["c", null], ["c", 7]]);
    vi.advanceTimersByTime(TELL_MILLIS);
    typing.wrote("c");
    expect(tell).toHaveBeenCalledTimes(3);
  });

  it("is told at once again after a message was sent", () => {
    typing.wrote("c");
    typing.sent("c");
    typing.wrote("c");
    expect(tell).toHaveBeenCalledTimes(2);
  });
});
