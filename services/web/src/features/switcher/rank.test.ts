// What the switcher offers for what is typed.
import { describe, expect, it } from "vitest";
import { summarise } from "../../lib/conversation-summary";
import { GRACE, conversation } from "../../testing/samples";
import { fitting, fittingCommands } from "./rank";

function group(name: string) {
  return summarise(conversation({ id: name, kind: "group", name, receivers: [] }), null, 0);
}

const ALL = [group("Road trip"), summarise(conversation({ receivers: [GRACE] }), null, 0), group("Grammar"), group("Café José"), group("Launch week")];
const names = (query: string) => fitting(ALL, query).map(({ conversation: { name, receivers } }) => name ?? receivers[0]?.displayName);

describe("fitting", () => {
  it("offers the latest when nothing is typed", () => {
    expect(names("  ")).toEqual(["Road trip", "Grace Hopper", "Grammar", "Café José", "Launch week"]);
    expect(fitting(Array.from({ length: 20 }, (_, index) => group(`g${index}`)), "")).toHaveLength(8);
  });

  it("finds the beginnings of words, titles that begin so first", () => {
    expect(names("gra")).toEqual(["Grace Hopper", "Grammar"]);
    expect(names("hop")).toEqual(["Grace Hopper"]);
    expect(names("week la")).toEqual(["Launch week"]);
    expect(names("rip")).toEqual([]);
    expect(names("@grace")).toEqual(["Grace Hopper"]);
  });

  it("looks past accents and case", () => {
    expect(names("JOSE")).toEqual(["Café José"]);
    expect(names("café")).toEqual(["Café José"]);
  });
});

describe("fittingCommands", () => {
  const commands = ["New group", "Sign out", "Theme: Dark"].map((title) => ({ id: title, title, icon: "tick" as const, run: () => undefined }));
  const titles = (query: string, loose = true) => fittingCommands(commands, query, loose).map((one) => one.title);

  it("offers all, then the beginnings of words, then letters in order", () => {
    expect(titles("")).toHaveLength(3);
    expect(titles("gro")).toEqual(["New group"]);
    expect(titles("dark the")).toEqual(["Theme: Dark"]);
    expect(titles("sgnt")).toEqual(["Sign out"]);
    expect(titles("sgnt", false)).toEqual([]);
    expect(titles("xyz")).toEqual([]);
  });
});
