// A page of the groups that anybody may join.

import type { ConversationsPage } from "../api-types";
import { call } from "../http";

/** Groups that anyone may join. */
export function listPublicConversations(
  page: { query: string; cursor: string | null },
  signal?: AbortSignal,
): Promise<ConversationsPage> {
  return call("GET", "/conversations/public", {
    query: { query: page.query === "" ? null : page.query, cursor: page.cursor, limit: 30 },
    signal,
  });
}
