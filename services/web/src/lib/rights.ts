// What a role allows, as far as the page offers it. The server decides; this only keeps from offering what it refuses.
import type { Conversation, Role } from "./api-types";

const RANK: Record<Role, number> = { owner: 4, admin: 3, member: 2, reader: 1, banned: 0 };

const rank = (role: Role | null) => (role === null ? 0 : RANK[role]);

export function isAdmin({ kind, role }: Conversation): boolean {
  return kind === "group" && rank(role) >= RANK.admin;
}

/** Whether somebody in this role may take out, ban or promote one in that role. */
export function outranks(mine: Role | null, theirs: Role): boolean {
  return rank(mine) >= RANK.admin && (mine === "owner" || rank(mine) > rank(theirs));
}

/** The roles that somebody in this role may give. */
export function rolesToGive(mine: Role | null): readonly Role[] {
  if (mine === "owner") return ["owner", "admin", "member", "reader"];
  return mine === "admin" ? ["member", "reader"] : [];
}

export type WritingRight = "may" | "join" | "archived" | "announcement" | "reader";

/** Whether one may write here, or why not. */
export function writingRight(conversation: Conversation): WritingRight {
  const { role, archived, posting, kind } = conversation;
  if (role === null) return "join";
  if (archived) return "archived";
  if (role === "reader" || role === "banned") return "reader";
  if (kind === "group" && posting === "admins" && !isAdmin(conversation)) return "announcement";
  return "may";
}
