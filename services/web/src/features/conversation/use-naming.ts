// Who may be named in a conversation: its members, fetched when the first @ is typed; of a large group those whose names
// begin as what was typed.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { listMembers } from "../../lib/api/list-members";
import type { MembersPage, User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { queryKeys } from "../../lib/query-client";
import { isAdmin } from "../../lib/rights";
import { useConversation } from "../../lib/use-conversations";
import { useSettled } from "../../lib/use-settled";

export function useNaming(conversationId: string) {
  const { userId } = useChat();
  const [typed, setTyped] = useState<string | null>(null);
  const query = useSettled(typed ?? "");
  const { conversation } = useConversation(conversationId);
  const first = useQuery({
    queryKey: queryKeys.naming(conversationId, ""),
    queryFn: ({ signal }) => listMembers(conversationId, {}, signal),
    enabled: typed !== null,
  });
  const large = (first.data?.next ?? null) !== null;
  const found = useQuery({
    queryKey: queryKeys.naming(conversationId, query),
    queryFn: ({ signal }) => listMembers(conversationId, { query }, signal),
    enabled: large && query !== "",
    placeholderData: keepPreviousData,
  });
  const people = useMemo(() => others([found.data, first.data], userId), [found.data, first.data, userId]);
  return { people, everyone: conversation !== undefined && isAdmin(conversation), onNaming: setTyped };
}

/** Everybody of the pages once, but oneself. */
function others(pages: readonly (MembersPage | undefined)[], ownId: string): User[] {
  const users = pages.flatMap((page) => page?.members ?? []).map(({ user }) => user);
  return [...new Map(users.map((user) => [user.id, user])).values()].filter((user) => user.id !== ownId);
}
