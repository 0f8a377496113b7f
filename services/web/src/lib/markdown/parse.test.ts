// Markdown as people write it, and what nobody should be able to do with it.
import { describe, expect, it } from "vitest";
import { parseMarkdown } from "./parse";
import { wordsOf, type Block, type Inline } from "./tree";

/** The tree as one short string. */
function drawn(text: string): string {
  return parseMarkdown(text).map(block).join("|");
}

function block(one: Block): string {
  switch (one.kind) {
    case "paragraph":
      return inline(one.children);
    case "heading":
      return `# ${inline(one.children)}`;
    case "quote":
      return `> ${one.children.map(block).join("|")}`;
    case "list":
      return `${one.start === null ? "-" : one.start}(${one.items.map((item) => item.map(block).join("|")).join("; ")})`;
    case "code":
      return `[${one.info}:${one.text}]`;
    case "table":
      return `{${[one.head, ...one.rows].map((row) => row.map(inline).join(",")).join("/")} ${one.align.join(",")}}`;
    case "rule":
      return "---";
  }
}

function inline(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (part.kind === "inline-code") return `\`${part.text}\``;
      if (part.kind === "break") return "⏎";
      if (part.kind === "mention") return `@{${part.name}}`;
      if (part.kind === "link") return `<${inline(part.children)}→${part.href}>`;
      if ("text" in part) return part.text;
      return `${{ strong: "**", emphasis: "*", strike: "~~" }[part.kind]}{${inline(part.children)}}`;
    })
    .join("");
}

function hrefs(text: string): string[] {
  const of = (parts: readonly Inline[]): string[] => parts.flatMap((part) => [...(part.kind === "link" ? [part.href] : []), ...("children" in part ? of(part.children) : [])]);
  const all = (blocks: readonly Block[]): string[] =>
    blocks.flatMap((one) => {
      if (one.kind === "quote") return all(one.children);
      if (one.kind === "list") return one.items.flatMap(all);
      if (one.kind === "table") return [one.head, ...one.rows].flat().flatMap(of);
      return "children" in one ? of(one.children) : [];
    });
  return all(parseMarkdown(text));
}

describe("what is read as Markdown", () => {
  it("keeps line breaks, and ends a paragraph at an empty line", () => {
    expect(drawn("one\ntwo\n\nthree")).toBe("one⏎two|three");
    expect(drawn("    indented\n    too")).toBe("indented⏎too");
    expect(drawn("not a heading\n---")).toBe("not a heading|---");
  });

  it("emphasis, strike, code", () => {
    expect(drawn("**a** _b_ ~~c~~ `d *e*`")).toBe("**{a} *{b} ~~{c} `d *e*`");
    expect(drawn("***a** b*")).toBe("*{**{a} b}");
    expect(drawn("snake_case_name 2*3*4")).toBe("snake_case_name 2*{3}4");
    expect(drawn("one ` alone, **open")).toBe("one ` alone, **open");
    expect(drawn("\\*as typed\\*")).toBe("*as typed*");
  });

  it("lists, quotes, headings, tables", () => {
    expect(drawn("- a\n- b\n  - c")).toBe("-(a; b|-(c))");
    expect(drawn("3. a\n4. b")).toBe("3(a; b)");
    expect(drawn("> a\n> b\n\nc")).toBe("> a⏎b|c");
    expect(drawn("## Plan")).toBe("# Plan");
    expect(drawn("#general")).toBe("#general");
    expect(drawn("|a|b|\n|:-:|--:|\n|1|**2**|")).toBe("{a,b/1,**{2} center,end}");
  });

  it("fenced code with its language, exactly as typed", () => {
    expect(drawn("see\n```Rust\nfn a() {\n  <b>&amp;\n}\n```\nthere")).toBe("see|[Rust:fn a() {\n  <b>&amp;\n}]|there");
    expect(drawn("```js\na\nb")).toBe("[js:a\nb]");
    expect(drawn("```\n\n  x\n```")).toBe("[:\n  x]");
    expect(drawn("```c++ title=x\ny\n```")).toBe("[c++ title=x:y]");
    expect(drawn("```\"><script>\ny\n```")).toBe("[\"><script>:y]");
    expect(hrefs("`https://a.example`\n```\nhttps://a.example\n```")).toEqual([]);
  });
});

describe("links", () => {
  it("are made of bare addresses, without the punctuation after them", () => {
    expect(drawn("see https://a.example/b, or (http://c.example/d).")).toBe("see <https://a.example/b→https://a.example/b>, or (<http://c.example/d→http://c.example/d>).");
    expect(hrefs("https://a.example/x_(y) https://a.example/?q=1&r=%20#s!")).toEqual(["https://a.example/x_(y)", "https://a.example/?q=1&r=%20#s"]);
    expect(hrefs("HTTPS://A.example/B <https://b.example> ada@mail.example")).toEqual(["https://a.example/B", "https://b.example/", "mailto:ada@mail.example"]);
    expect(hrefs("a.example www.a.example 10.0.0.1 file.txt")).toEqual([]);
  });

  it("go to the web and to mail only", () => {
    for (const address of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "ftp://a.example", "file:///etc/passwd", "//a.example", "/c/1", "#x", "https://", "http://["]) {
      expect([address, hrefs(address), hrefs(`[x](${address})`), hrefs(`[x](<${address}>)`), hrefs(`<${address}>`)]).toEqual([address, [], [], [], []]);
    }
    for (const trick of ["[x](&#106;avascript:alert(1))", "[x](javascript&colon;alert(1))", "[x](java&Tab;script:alert(1))", "[x](\u0001javascript:alert(1))", "[x](\\javascript:alert(1))"]) {
      expect([trick, hrefs(trick)]).toEqual([trick, []]);
    }
    expect(hrefs("[mail](mailto:a@b.example) [web](https://a.example/ 'title')")).toEqual(["mailto:a@b.example", "https://a.example/"]);
  });
});

describe("what stays as it was typed", () => {
  it("HTML, pictures, definitions, entities", () => {
    expect(drawn("<b onclick=x>no</b> <!-- seen -->")).toBe("<b onclick=x>no</b> <!-- seen -->");
    expect(drawn("![alt](https://a.example/p.png)")).toBe("!<alt→https://a.example/p.png>");
    expect(drawn("[hidden]: https://a.example")).toBe("[hidden]: <https://a.example→https://a.example/>");
    expect(drawn("&lt;b&gt; &copy; &#60;")).toBe("&lt;b&gt; &copy; &#60;");
  });

  it("loses no word of what is nested too deep", () => {
    expect(wordsOf(parseMarkdown(`${"> ".repeat(60)}deep\nand more`))).toContain("deep");
    expect(wordsOf(parseMarkdown(`${"- ".repeat(60)}deep`))).toContain("deep");
    expect(wordsOf(parseMarkdown(`${"*".repeat(400)}deep${"*".repeat(400)}`))).toContain("deep");
  });
});

describe("mentions", () => {
  it("are names after an @ that is not within a word, an address, a link or code", () => {
    expect(drawn("@ada, @grace.h: (@bob) @a")).toBe("@{ada}, @{grace.h}: (@{bob}) @a");
    expect(drawn("x@ada.example/y `@ada` [@ada](https://a.example) **@ada**")).toBe("<x@ada.example→mailto:x@ada.example>/y `@ada` <@ada→https://a.example/> **{@{ada}}");
    expect(hrefs("https://a.example/@ada")).toEqual(["https://a.example/@ada"]);
  });
});

describe("any text at all", () => {
  const PIECES = ["*", "**", "_", "~~", "`", "```", "\n", "\n\n", "> ", "- ", "1. ", "# ", "|", "|-|-|\n", "[", "](", ")", "!", "<", ">", "</p>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "https://a.example", "mailto:a@b.c", "@ada", "&lt;", "\\", "\u0000", "\u202e", "🙂", "é", "word", " ", "\t"];

  /** A small generator with a seed, so that a failure can be had again. */
  function* messages(count: number, seed: number) {
    let state = seed;
    const below = (end: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % end;
    };
    for (let made = 0; made < count; made += 1) yield Array.from({ length: 1 + below(40) }, () => PIECES[below(PIECES.length)] ?? "").join("");
  }

  it("gives no link but to web and mail, and keeps every letter of its words", () => {
    for (const text of messages(3_000, 7)) {
      for (const href of hrefs(text)) expect([text, href]).toEqual([text, expect.stringMatching(/^(?:https?:\/\/|mailto:)/)]);
      const words = text.match(/word|🙂|é/gu)?.length ?? 0;
      const shown = wordsOf(parseMarkdown(text)).match(/word|🙂|é/gu)?.length ?? 0;
      // In an address a word is not shown.
      if (!text.includes("](")) expect([text, shown]).toEqual([text, words]);
    }
  });

  it("is read in little time, however it is made", () => {
    const hard = ["`", "[", "**a ", "*a_", ">", "- ", "<", "[a](", "~~a", "|", "* a\n ", "a@", "@a.", "http://", "<!--", "![", "&#", "1) \n"];
    for (const piece of hard) {
      const started = performance.now();
      parseMarkdown(piece.repeat(16_384 / piece.length));
      expect([piece, performance.now() - started < 2_000]).toEqual([piece, true]);
    }
  });
});
