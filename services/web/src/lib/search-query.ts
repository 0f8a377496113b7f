// A search as it is typed: where its filters are, what could complete them, and the addresses of searches and hits.
import type { Conversation } from "./api-types";

export const FILTERS = ["from", "in", "before", "after", "has"] as const;
export type Filter = (typeof FILTERS)[number];

export interface WordAt {
  /** Of the word that the cursor stands in or behind. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly filter: Filter | null;
  /** What follows the colon, without quotes. */
  readonly value: string;
}

/** The word at the cursor. A quoted value belongs to its filter, spaces and all. */
export function wordAt(query: string, cursor: number): WordAt {
  let start = 0;
  let quoted = false;
  for (let at = 0; at < cursor; at += 1) {
    if (query[at] === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(query[at] ?? "")) start = at + 1;
  }
  const rest = quoted ? query.indexOf('"', cursor) + 1 || query.length : cursor + (/^\S*/.exec(query.slice(cursor))?.[0].length ?? 0);
  const text = query.slice(start, rest);
  const [, name, value = ""] = /^([a-z]+):(.*)$/i.exec(text) ?? [];
  const filter = FILTERS.find((one) => one === name?.toLowerCase()) ?? null;
  return { start, end: rest, text, filter, value: filter === null ? "" : value.replaceAll('"', "") };
}

/** The query with the word replaced, and where the cursor stands then. */
export function completed(query: string, { start, end }: WordAt, text: string): { query: string; cursor: number } {
  const after = query.slice(end).replace(/^\s+/, "");
  const open = text.endsWith(":");
  const head = `${query.slice(0, start)}${text}${open ? "" : " "}`;
  return { query: head + after, cursor: head.length };
}

export function quoted(value: string): string {
  return /[\s"]/.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}

/** A person is named by the username, a group by its name, or by its id where the name cannot be written. */
export function filterFor({ id, kind, name, receivers }: Conversation): string {
  const [receiver] = receivers;
  if (kind === "direct" && receiver !== undefined) return `in:@${receiver.username}`;
  return name === null || name.includes('"') ? `in:${id}` : `in:${quoted(name)}`;
}

export function searchPath(conversation: Conversation): string {
  return `/search?q=${encodeURIComponent(`${filterFor(conversation)} `)}`;
}

/** Where a message that was found is shown; the conversation opens the thread, if it stands in one. */
export function messagePath({ conversationId, seq }: { conversationId: string; seq: number }): string {
  return `/c/${conversationId}?m=${seq}`;
}
