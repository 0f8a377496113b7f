// What the page offers to whom.
import { describe, expect, it } from "vitest";
import { conversation } from "../testing/samples";
import { isAdmin, outranks, rolesToGive, writingRight } from "./rights";

const group = (change: Parameters<typeof conversation>[0]) => conversation({ kind: "group", name: "Team", receivers: [], ...change });

describe("writing", () => {
  it.each([
    [{ role: null }, "join"],
    [{ role: "member" as const }, "may"],
    [{ role: "reader" as const }, "reader"],
    [{ role: "owner" as const, archived: true }, "archived"],
    [{ role: "member" as const, posting: "admins" as const }, "announcement"],
    [{ role: "admin" as const, posting: "admins" as const }, "may"],
  ])("%j: %s", (change, right) => expect(writingRight(group(change))).toBe(right));

  it("in a direct conversation everybody may", () => expect(writingRight(conversation())).toBe("may"));
});

describe("looking after a group", () => {
  it("is for admins and owners of groups", () => {
    expect((["owner", "admin", "member", "reader", null] as const).map((role) => isAdmin(group({ role })))).toEqual([true, true, false, false, false]);
    expect(isAdmin(conversation({ role: "owner" }))).toBe(false);
  });

  it("admins deal with those below them, owners with everybody", () => {
    const roles = ["owner", "admin", "member", "reader"] as const;
    expect(roles.map((theirs) => outranks("admin", theirs))).toEqual([false, false, true, true]);
    expect(roles.map((theirs) => outranks("owner", theirs))).toEqual([true, true, true, true]);
    expect(roles.map((theirs) => outranks("member", theirs))).toEqual([false, false, false, false]);
    expect([rolesToGive("admin"), rolesToGive("member")]).toEqual([["member", "reader"], []]);
  });
});
