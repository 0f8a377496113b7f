// One message of a conversation by its number: from what is loaded, else asked for by itself.
import { useQuery } from "@tanstack/react-query";
import { getMessage } from "./api/get-message";
import type { Message } from "./api-types";
import { useFeed } from "./chat-context";
import { loadedMessage } from "./conversation-log";
import { ApiError } from "./http";
import { queryKeys } from "./query-client";

/** `gone`: there is no such message for this user. */
export function useMessage(conversationId: string, seq: number): { message: Message | null; gone: boolean } {
  const { log } = useFeed(conversationId);
  const loaded = log === null ? null : loadedMessage(log, seq);
  const { data, error } = useQuery({
    queryKey: queryKeys.message(conversationId, seq),
    queryFn: ({ signal }) => getMessage(conversationId, seq, signal),
    enabled: loaded === null,
  });
  return { message: loaded ?? data ?? null, gone: loaded === null && error instanceof ApiError && !error.passing };
}
