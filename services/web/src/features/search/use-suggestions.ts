// What could complete the word at the cursor of a search.
import { useQuery } from "@tanstack/react-query";
import { findUsers } from "../../lib/api/find-users";
import { conversationTitle } from "../../lib/conversation-summary";
import { queryKeys } from "../../lib/query-client";
import { FILTERS, filterFor, type WordAt } from "../../lib/search-query";
import { texts } from "../../lib/texts";
import { useSummaries } from "../../lib/use-conversations";
import { useSettled } from "../../lib/use-settled";

export interface Suggestion {
  /** What the word becomes. */
  readonly text: string;
  readonly label: string;
}

const LIMIT = 6;

export function useSuggestions({ text, filter, value }: WordAt): Suggestion[] {
  const summaries = useSummaries();
  const name = useSettled(filter === "from" ? value.replace(/^@/, "") : "");
  const people = useQuery({
    queryKey: queryKeys.userSearch(name),
    queryFn: ({ signal }) => findUsers(name, signal),
    enabled: name !== "",
    staleTime: 5_000,
  });
  switch (filter) {
    case null: {
      const typed = text.toLowerCase();
      if (typed === "") return [];
      return FILTERS.filter((one) => one.startsWith(typed)).map((one) => ({ text: one === "has" ? "has:file" : `${one}:`, label: texts.search.filters[one] }));
    }
    case "from":
      return (people.data ?? []).slice(0, LIMIT).map((user) => ({ text: `from:@${user.username}`, label: user.displayName }));
    case "in": {
      const typed = value.replace(/^[#@]/, "").toLocaleLowerCase();
      return summaries
        .map(({ conversation }) => ({ text: filterFor(conversation), label: conversationTitle(conversation) }))
        .filter((one) => one.label.toLocaleLowerCase().includes(typed) && one.text !== text)
        .slice(0, LIMIT);
    }
    case "has":
      return value === "file" ? [] : [{ text: "has:file", label: texts.search.filters.has }];
    default:
      return value === "" ? recentDays(filter) : [];
  }
}

const DAY_MILLIS = 86_400_000;

/** Today, a week ago, a month ago. */
function recentDays(filter: "before" | "after"): Suggestion[] {
  return [0, 7, 30].map((days) => {
    const day = new Date(Date.now() - days * DAY_MILLIS).toISOString().slice(0, 10);
    return { text: `${filter}:${day}`, label: texts.search.filters[filter] };
  });
}
