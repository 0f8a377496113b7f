// Code, links, emoji and long texts, as they are found in what people type.
import { describe, expect, it } from "vitest";
import { beginningOf, blocksOf, isOnlyEmoji, oneLine } from "./message-text";

/** One string a block; parts as text, `code` or <link>. */
function drawn(text: string): string[] {
  return blocksOf(text).map((block) => {
    if (block.kind === "code") return `[${block.language}|${block.text}]`;
    return block.parts.map((part) => (part.kind === "link" ? `<${part.text}>` : part.kind === "code" ? `\`${part.text}\`` : part.text)).join("");
  });
}

function links(text: string): string[] {
  return blocksOf(text).flatMap((block) => (block.kind === "text" ? block.parts : [])).flatMap((part) => (part.kind === "link" ? [part.href] : []));
}

describe("blocksOf", () => {
  it("leaves plain text as it is", () => {
    expect(drawn("  two\n\n  lines ")).toEqual(["  two\n\n  lines "]);
    expect(drawn("<b>no & markup</b> *here*")).toEqual(["<b>no & markup</b> *here*"]);
  });

  it("finds fenced code with its language, and the text around it", () => {
    expect(drawn("see\n\n```rust\nfn a() {\n  b();\n}\n```\n\nthere")).toEqual(["see", "[rust|fn a() {\n  b();\n}]", "there"]);
    expect(drawn("```\n\n  x\n```")).toEqual(["[|\n  x]"]);
    expect(drawn("```c++\nx\n```\n```\ny\n```")).toEqual(["[c++|x]", "[|y]"]);
  });

  it("takes a fence that is open to the end, and none in the middle of a line", () => {
    expect(drawn("```js\na\nb")).toEqual(["[js|a\nb]"]);
    expect(drawn("this ``` is not one")).toEqual(["this ``` is not one"]);
    expect(drawn("```js\n```ts\n```")).toEqual(["[js|```ts]"]);
  });

  it("finds inline code, and no link inside of it", () => {
    expect(drawn("run `make test` now")).toEqual(["run `make test` now"]);
    expect(links("`https://a.example`")).toEqual([]);
    expect(links("```\nhttps://a.example\n```")).toEqual([]);
    expect(drawn("one ` alone")).toEqual(["one ` alone"]);
  });

  it("links addresses without the punctuation after them", () => {
    expect(drawn("see https://a.example/b, or (http://c.example/d).")).toEqual(["see <https://a.example/b>, or (<http://c.example/d>)."]);
    expect(drawn("https://a.example/x_(y)")).toEqual(["<https://a.example/x_(y)>"]);
    expect(drawn("https://a.example/?q=1&r=%20#s!")).toEqual(["<https://a.example/?q=1&r=%20#s>!"]);
  });

  it("links nothing but http and https", () => {
    for (const text of ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "https://", "http://[", "xhttps:/a"]) expect(links(text)).toEqual([]);
    expect(links("HTTPS://A.example/B")).toEqual(["https://a.example/B"]);
    expect(links('https://a.example/"onclick=x')).toEqual(["https://a.example/"]);
  });

  it("ends on long text without white space", () => {
    expect(drawn("a".repeat(16_000))).toEqual(["a".repeat(16_000)]);
    expect(drawn("`".repeat(16_000))).toEqual(["`".repeat(16_000)]);
    expect(drawn(`https://a.example/${"(".repeat(8_000)}${".".repeat(8_000)}`)[0]).toContain("<https://a.example/((");
    expect(links(`https://a.example/${")".repeat(16_000)}`)).toEqual(["https://a.example/"]);
  });
});

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
  it("drops line breaks and the marks of code", () => {
    expect(oneLine("see\n```js\nlet a\n```\nand `b`")).toBe("see let a and b");
    expect(oneLine("x".repeat(500))).toHaveLength(200);
  });
});
