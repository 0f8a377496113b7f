// Emoji, long texts and single lines, as they are found in what people type.
import { describe, expect, it } from "vitest";
import { beginningOf, isOnlyEmoji, oneLine } from "./message-text";

describe("isOnlyEmoji", () => {
  it("knows emoji of one and of many code points", () => {
    for (const text of ["🙂", "🎉 🎉 🎉", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"]) expect([text, isOnlyEmoji(text)]).toEqual([text, true]);
  });

  it("knows what is none", () => {
    for (const text of ["", " ", "ok 🙂", "1", "#", "©", "🙂".repeat(7), "a"]) expect([text, isOnlyEmoji(text)]).toEqual([text, false]);
  });
});

describe("beginningOf", () => {
  it("leaves what is short enough", () => {
    expect(beginningOf("a\n".repeat(20))).toBeNull();
    expect(beginningOf("a ".repeat(700))).toBeNull();
  });

  it("cuts at a line or a word", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    expect(beginningOf(lines.join("\n"))).toBe(lines.slice(0, 14).join("\n"));
    const words = "word ".repeat(1_000);
    expect(beginningOf(words)).toMatch(/^(word )+word$/);
  });

  it("cuts no letter in two", () => {
    const cut = beginningOf(`a${"🙂".repeat(2_000)}`) ?? "";
    expect(() => encodeURIComponent(cut)).not.toThrow();
    expect(cut.length).toBeGreaterThan(800);
  });
});

describe("oneLine", () => {
  it("drops line breaks and the marks of Markdown", () => {
    expect(oneLine("see\n```js\nlet a\n```\nand `b`")).toBe("see js let a and b");
    expect(oneLine("> **bold** [link](https://a.example)\n\n- a\n- @ada")).toBe("bold link a @ada");
    expect(oneLine("x".repeat(500))).toHaveLength(200);
  });
});
