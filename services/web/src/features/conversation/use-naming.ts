// Who may be named in a conversation: its members, fetched when the first @ is typed, as many as the first pages hold.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listMembers } from "../../lib/api/list-members";
import type { User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { queryKeys } from "../../lib/query-client";
import { isAdmin } from "../../lib/rights";
import { useConversation } from "../../lib/use-conversations";

/** Of a larger group only so many pages are offered; any member can be named by typing the name. */
const PAGES = 4;
const NOBODY: readonly User[] = [];

export function useNaming(conversationId: string) {
  const chat = useChat();
  const [wanted, setWanted] = useState(false);
  const { conversation } = useConversation(conversationId);
  const { data } = useQuery({
    queryKey: [...queryKeys.members(conversationId), "naming"],
    queryFn: ({ signal }) => firstMembers(conversationId, chat.userId, signal),
    enabled: wanted,
  });
  return { people: data ?? NOBODY, everyone: conversation !== undefined && isAdmin(conversation), onNaming: () => setWanted(true) };
}

async function firstMembers(id: string, ownId: string, signal: AbortSignal): Promise<readonly User[]> {
  const found: User[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const { members, next } = await listMembers(id, cursor, signal);
    found.push(...members.map((one) => one.user).filter((user) => user.id !== ownId));
    if (next === null) break;
    cursor = next;
  }
  return found;
}
