// What is being typed that can be completed: a name behind @, or an emoji behind a colon. Pure.
import type { User } from "../api-types";
import { plainWord } from "../emoji/search";
import { EVERYONE } from "../markdown/mentions";

export interface Wanted {
  readonly kind: "person" | "emoji";
  /** What stands behind the @ or the colon. */
  readonly query: string;
  /** Where the @ or the colon stands. */
  readonly from: number;
}

const PERSON = /(?:^|[\s([{"'*_~>])@([\p{L}\p{N}._-]{0,32})$/u;
/** Two letters at least: a colon alone is mostly a colon, and :) is no search. */
const EMOJI = /(?:^|[\s([{"'*_~>]|\p{Extended_Pictographic}\uFE0F?):([\p{L}\p{N}_+][\p{L}\p{N}_+-]{1,31})$/u;

/** Looks back from the caret. */
export function wantedAt(text: string, caret: number): Wanted | null {
  const before = text.slice(Math.max(0, caret - 64), caret);
  const person = PERSON.exec(before)?.[1];
  if (person !== undefined) return { kind: "person", query: person, from: caret - person.length - 1 };
  const emoji = EMOJI.exec(before)?.[1];
  return emoji === undefined ? null : { kind: "emoji", query: emoji, from: caret - emoji.length - 1 };
}

export type Suggestion =
  | { readonly kind: "person"; readonly key: string; readonly insert: string; readonly user: User }
  | { readonly kind: "everyone"; readonly key: string; readonly insert: string }
  | { readonly kind: "emoji"; readonly key: string; readonly insert: string; readonly name: string };

const MOST = 8;

/** Those whose username or a word of whose name begins so; usernames first. */
export function suggestPeople(people: readonly User[], everyone: boolean, query: string): Suggestion[] {
  const typed = plainWord(query);
  const scored = people.flatMap((user) => {
    const words = plainWord(user.displayName).split(/[\s._-]+/);
    const score = user.username.startsWith(typed) ? 0 : words.some((word) => word.startsWith(typed)) ? 1 : -1;
    return score < 0 ? [] : [{ user, score }];
  });
  scored.sort((a, b) => a.score - b.score);
  const all: Suggestion[] = scored.slice(0, MOST).map(({ user }) => ({ kind: "person", key: user.id, insert: `@${user.username} `, user }));
  if (everyone && EVERYONE.startsWith(typed)) all.push({ kind: "everyone", key: EVERYONE, insert: `@${EVERYONE} ` });
  return all;
}
