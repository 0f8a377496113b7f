// Initials and colours of people.

import { describe, expect, it } from "vitest";
import { colourOf, initialsOf } from "./avatar";

describe("initialsOf", () => {
  it("takes the first letters of the first and the last word", () => {
    expect(initialsOf("Ada King Lovelace")).toBe("AL");
    expect(initialsOf("grace")).toBe("G");
    expect(initialsOf("mei_lin")).toBe("ML");
    expect(initialsOf("  ")).toBe("?");
  });

  it("takes a letter whole that is made of several code points", () => {
    expect(initialsOf("e\u0301mile zola")).toBe("E\u0301Z");
  });
});

describe("colourOf", () => {
  it("is the same for the same id", () => {
    expect(colourOf("abc")).toEqual(colourOf("abc"));
  });

  it("uses all of its colours", () => {
    const used = new Set(Array.from({ length: 2_000 }, (_, index) => JSON.stringify(colourOf(`00000000-0000-7000-8000-${index}`))));
    expect(used.size).toBe(48);
  });
});
