// Finding and picking emoji, in both languages.
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { setLanguage } from "../language";
import { createQueryClient } from "../query-client";
import { EmojiPanel } from "./emoji-panel";
import { loadEmoji } from "./load-emoji";
import { EMOJI_GROUPS, findEmoji } from "./search";

beforeEach(() => {
  localStorage.clear();
  setLanguage("system");
  Element.prototype.scrollIntoView = vi.fn();
  return cleanup;
});

describe("finding", () => {
  it("begins with the short code, then the name, then any word", async () => {
    const all = await loadEmoji("en");
    expect(all.length).toBeGreaterThan(1_500);
    const first = (query: string) => findEmoji(all, query, 3).map((one) => one.emoji)[0];
    expect(first("rocket")).toBe("🚀");
    expect(first("+1")).toBe("👍");
    expect(first("tad")).toBe("🎉");
    expect(first("thumbs up")).toBe("👍");
    expect(findEmoji(all, "no such thing", 3)).toEqual([]);
  });

  it("knows German and English words when the page is German", async () => {
    const all = await loadEmoji("de");
    expect(findEmoji(all, "rakete", 1).map((one) => [one.emoji, one.name])).toEqual([["🚀", "Rakete"]]);
    expect(findEmoji(all, "rocket", 1)[0]?.emoji).toBe("🚀");
    expect(findEmoji(all, "käse", 5).map((one) => one.emoji)).toContain("🧀");
    expect(findEmoji(all, "kase", 5).map((one) => one.emoji)).toContain("🧀");
  });
});

describe("the panel", () => {
  it("is used by keyboard alone, and remembers", async () => {
    const client = createQueryClient();
    client.setQueryData(["emoji", "en"], (await loadEmoji("en")).filter((one) => one.group === EMOJI_GROUPS.flags || one.emoji === "🚀"));
    const picked = vi.fn();
    render(
      <QueryClientProvider client={client}>
        <EmojiPanel onPick={picked} />
      </QueryClientProvider>,
    );
    const field = screen.getByRole("combobox");
    const press = (...keys: string[]) => {
      for (const key of keys) fireEvent.keyDown(field, { key });
    };
    press("ArrowRight", "ArrowUp");
    expect(document.querySelector("[aria-selected=true]")?.textContent).toBe("❤️");
    press("ArrowDown");
    expect(document.querySelector("[aria-selected=true]")?.textContent).toBe("🚀");
    press("ArrowDown", "ArrowRight", "ArrowRight");
    expect(document.querySelector("[aria-selected=true]")?.getAttribute("id")).toBe(field.getAttribute("aria-activedescendant"));
    fireEvent.change(field, { target: { value: "rocket" } });
    press("Enter");
    expect(picked).toHaveBeenCalledWith("🚀");
    fireEvent.change(field, { target: { value: "" } });
    expect(document.querySelector("[role=option]")?.textContent).toBe("🚀");
    fireEvent.change(field, { target: { value: "no such thing" } });
    expect(document.querySelector("[role=option]")).toBeNull();
    press("Enter");
    expect(picked).toHaveBeenCalledTimes(1);
  });
});
