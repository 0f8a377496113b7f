// The user's conversations as fetched, and as shown: with the live logs laid over them.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getConversation } from "./api/get-conversation";
import { listConversations } from "./api/list-conversations";
import type { Conversation } from "./api-types";
import { useChat, useChatSnapshot } from "./chat-context";
import { byActivity, summarise, type ConversationSummary } from "./conversation-summary";
import { queryKeys } from "./query-client";

const PAGE = 50;
/** So many pages come by themselves; more are fetched on demand. */
export const FOLLOWED_PAGES = 4;

export function useConversationList() {
  return useInfiniteQuery({
    queryKey: queryKeys.conversations,
    queryFn: ({ pageParam, signal }) => listConversations({ cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** In order of activity, newest first. */
export function useSummaries(): ConversationSummary[] {
  const list = useConversationList();
  const { userId } = useChat();
  const { feeds, readUpTo, attention } = useChatSnapshot();
  // Between the reading of two pages a conversation may have moved from one to the other.
  const unique = new Map((list.data?.pages ?? []).flatMap((page) => page.conversations).map((one) => [one.id, one]));
  return byActivity([...unique.values()].map((one) => summarise(one, feeds.get(one.id)?.log ?? null, readUpTo(one.id), { activity: attention.activity.get(one.id), userId })));
}

/** One conversation, from the list or, if it is not there, by itself. */
export function useConversation(id: string): { conversation: Conversation | undefined; error: Error | null } {
  const list = useConversationList();
  const listed = list.data?.pages.flatMap((page) => page.conversations).find((one) => one.id === id);
  const single = useQuery({
    queryKey: queryKeys.conversation(id),
    queryFn: ({ signal }) => getConversation(id, signal),
    enabled: listed === undefined && !list.isPending,
  });
  return { conversation: listed ?? single.data, error: listed === undefined ? single.error : null };
}
