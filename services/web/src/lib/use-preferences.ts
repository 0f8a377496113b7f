// Muting and drafts as the server keeps them, for all devices of a person.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { changePreferences, listPreferences } from "./api/preferences";
import { useChat } from "./chat-context";
import { putListed } from "./list-cache";
import { queryKeys } from "./query-client";
import type { Conversation } from "./api-types";

/** Brings the drafts of other devices here. Once, where everything hangs together. */
export function useFetchedDrafts(): void {
  const chat = useChat();
  const { data } = useQuery({ queryKey: queryKeys.preferences, queryFn: ({ signal }) => listPreferences(signal) });
  useEffect(() => {
    if (data !== undefined) chat.drafts.fetched(data);
  }, [chat, data]);
}

export function useMute(conversation: Conversation) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mutedUntil: string | null) => changePreferences(conversation.id, { mutedUntil }),
    onSuccess: (_, mutedUntil) => putListed(client, { ...conversation, mutedUntil }),
    onSettled: () => void client.invalidateQueries({ queryKey: queryKeys.conversations }),
  });
}
