// Unsent text: saved a moment later, taken from other devices, never against what is being typed.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Drafts } from "./drafts";
import { ApiError } from "./http";

const save = vi.fn<(id: string, draft: string | null) => Promise<unknown>>();
let drafts: Drafts;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  save.mockResolvedValue(undefined);
  drafts = new Drafts(save, () => undefined);
  return () => vi.useRealTimers();
});

const later = () => vi.advanceTimersByTimeAsync(5_000);
const told = (draft: string | null) => [{ conversationId: "c", mutedUntil: null, draft }];

describe("drafts", () => {
  it("are saved once for many keys", async () => {
    for (const text of ["h", "he", "hey"]) drafts.set("c", text);
    await later();
    expect(save.mock.calls).toEqual([["c", "hey"]]);
  });

  it("are gone at once when they were sent", async () => {
    drafts.set("c", "hey");
    drafts.set("c", "");
    await vi.advanceTimersByTimeAsync(0);
    expect(save.mock.calls).toEqual([["c", null]]);
  });

  it("come from other devices, and go with them", () => {
    drafts.fetched(told("from the phone"));
    expect(drafts.get("c")).toBe("from the phone");
    drafts.fetched([]);
    expect(drafts.get("c")).toBeUndefined();
    expect(save).not.toHaveBeenCalled();
  });

  it("are not overwritten by an answer while they wait to be saved", async () => {
    drafts.set("c", "typed here");
    drafts.fetched(told("older"));
    expect(drafts.get("c")).toBe("typed here");
    await later();
    drafts.fetched(told("newer"));
    expect(drafts.get("c")).toBe("newer");
  });

  it("stay here if the server does not take them", async () => {
    save.mockRejectedValue(new ApiError(0, "network", "away"));
    drafts.set("c", "hey");
    await later();
    expect(drafts.get("c")).toBe("hey");
  });
});
