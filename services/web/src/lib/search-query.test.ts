// The word at the cursor of a search, and what completing it makes of the line.
import { describe, expect, it } from "vitest";
import { CHAT_ID, conversation } from "../testing/samples";
import { completed, filterFor, messagePath, quoted, wordAt } from "./search-query";

describe("the word at the cursor", () => {
  it.each([
    ["hello fr", 8, { text: "fr", filter: null, value: "" }],
    ["from:@gra and more", 9, { text: "from:@gra", filter: "from", value: "@gra" }],
    ["FROM:x", 6, { text: "FROM:x", filter: "from", value: "x" }],
    ['a in:"Two words" b', 14, { text: 'in:"Two words"', filter: "in", value: "Two words" }],
    ['in:"Two wo', 10, { text: 'in:"Two wo', filter: "in", value: "Two wo" }],
    ["has:", 4, { text: "has:", filter: "has", value: "" }],
    ["https://a.example", 17, { text: "https://a.example", filter: null, value: "" }],
    ["a ", 2, { text: "", filter: null, value: "" }],
    ["", 0, { text: "", filter: null, value: "" }],
  ])("of %j at %i", (query, cursor, expected) => {
    expect(wordAt(query, cursor)).toMatchObject(expected);
  });
});

describe("completing", () => {
  it("replaces the word and leaves the rest", () => {
    expect(completed("x from:@gr more", wordAt("x from:@gr more", 10), "from:@grace")).toEqual({ query: "x from:@grace more", cursor: 14 });
  });

  it("goes on typing behind a filter that wants a value", () => {
    expect(completed("fr", wordAt("fr", 2), "from:")).toEqual({ query: "from:", cursor: 5 });
  });
});

describe("addresses", () => {
  it("name a person by the username and a group by its name, or by its id", () => {
    expect(filterFor(conversation())).toBe("in:@grace");
    expect(filterFor(conversation({ kind: "group", name: "Our team", receivers: [] }))).toBe('in:"Our team"');
    expect(filterFor(conversation({ kind: "group", name: 'The "team"', receivers: [] }))).toBe(`in:${CHAT_ID}`);
    expect(messagePath({ conversationId: "c", seq: 7 })).toBe("/c/c?m=7");
  });

  it("put quotes round what has spaces", () => {
    expect([quoted("one"), quoted('two "words"')]).toEqual(["one", '"two words"']);
  });
});
