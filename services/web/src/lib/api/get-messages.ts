// A page of history.

import type { MessagesPage } from "../api-types";
import { call } from "../http";

/** The newest page, or the one before, after or around the message of that seq; ascending. */
export function getMessages(id: string, place: { before?: number; after?: number; around?: number }): Promise<MessagesPage> {
  return call("GET", `/conversations/${encodeURIComponent(id)}/messages`, { query: { ...place, limit: 50 } });
}
