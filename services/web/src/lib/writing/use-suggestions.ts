// What is offered for what is being typed.
import { useMemo } from "react";
import type { User } from "../api-types";
import { useEmoji } from "../emoji/load-emoji";
import { findEmoji } from "../emoji/search";
import { suggestPeople, type Suggestion, type Wanted } from "./completion";

const MOST_EMOJI = 8;

export function useSuggestions(wanted: Wanted | null, people: readonly User[], everyone: boolean): readonly Suggestion[] {
  const kind = wanted?.kind;
  const query = wanted?.query ?? "";
  const emoji = useEmoji(kind === "emoji");
  return useMemo(() => {
    if (kind === "person") return suggestPeople(people, everyone, query);
    if (kind !== "emoji" || emoji === null) return [];
    return findEmoji(emoji, query, MOST_EMOJI).map((one) => ({ kind: "emoji", key: one.emoji, insert: `${one.emoji} `, name: one.codes[0] ?? one.name }));
  }, [kind, query, people, everyone, emoji]);
}
