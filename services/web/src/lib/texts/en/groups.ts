// Finding and making groups, and the roles in them.
import { many } from "../count";

export const roles = { owner: "owner", admin: "admin", member: "member", reader: "may read", banned: "banned" };

export const browse = {
  title: "Browse groups",
  text: "Groups that anyone here may join.",
  search: "Search groups",
  loading: "Loading groups",
  list: "Groups",
  none: "There are no groups yet. Be the first to begin one.",
  noMatch: (query: string) => `No group is called “${query}”.`,
  create: "New group",
  lookInto: "Look into the group",
  open: "Open the group",
  youAreIn: "You are in · ",
  empty: "No messages yet",
  count: (count: number) => many(count, "message", "messages"),
  join: "Join",
  joinNamed: (name: string) => `Join ${name}`,
};

export const group = {
  title: "New group",
  text: "A place for a team or a topic.",
  name: "Group name",
  create: "Create group",
};
