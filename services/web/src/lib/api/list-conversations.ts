// A page of my conversations, latest activity first.

import type { ConversationsPage } from "../api-types";
import { call } from "../http";

/** Mine, latest activity first. */
export function listConversations(page: { cursor: string | null; limit: number }, signal?: AbortSignal): Promise<ConversationsPage> {
  return call("GET", "/conversations", { query: page, signal });
}
