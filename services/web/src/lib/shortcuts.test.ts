// Keys and what they mean, and which conversation comes next.
import { describe, expect, it } from "vitest";
import { neighbour, shortcutOf } from "./shortcuts";

const NONE = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };

describe("shortcutOf", () => {
  it("knows the keys also while one types", () => {
    expect(shortcutOf({ ...NONE, key: "k", ctrlKey: true }, true)).toBe("switcher");
    expect(shortcutOf({ ...NONE, key: "K", metaKey: true }, true)).toBe("switcher");
    expect(shortcutOf({ ...NONE, key: "/", ctrlKey: true }, true)).toBe("help");
    expect(shortcutOf({ ...NONE, key: "ArrowDown", altKey: true }, true)).toBe("next");
    expect(shortcutOf({ ...NONE, key: "ArrowUp", altKey: true, shiftKey: true }, true)).toBe("previous-unread");
  });

  it("leaves letters to the text field", () => {
    expect(shortcutOf({ ...NONE, key: "?", shiftKey: true }, true)).toBeNull();
    expect(shortcutOf({ ...NONE, key: "?", shiftKey: true }, false)).toBe("help");
    expect(shortcutOf({ ...NONE, key: "k" }, false)).toBeNull();
    expect(shortcutOf({ ...NONE, key: "ArrowDown" }, false)).toBeNull();
    expect(shortcutOf({ ...NONE, key: "k", ctrlKey: true, altKey: true }, false)).toBeNull();
  });
});

describe("neighbour", () => {
  const items = [0, 2, 0, 1].map((unread, index) => ({ id: `c${index}`, unread }));

  it("goes up and down and stops at the ends", () => {
    expect(neighbour(items, "c1", "next")?.id).toBe("c2");
    expect(neighbour(items, "c1", "previous")?.id).toBe("c0");
    expect(neighbour(items, "c3", "next")).toBeUndefined();
    expect(neighbour(items, undefined, "next")?.id).toBe("c0");
    expect(neighbour(items, undefined, "previous")?.id).toBe("c3");
  });

  it("finds what is unread, all around", () => {
    expect(neighbour(items, "c1", "next-unread")?.id).toBe("c3");
    expect(neighbour(items, "c3", "next-unread")?.id).toBe("c1");
    expect(neighbour(items, "c3", "previous-unread")?.id).toBe("c1");
    expect(neighbour([{ id: "c0", unread: 1 }], "c0", "next-unread")).toBeUndefined();
  });
});
