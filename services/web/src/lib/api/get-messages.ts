// A page of history.

import type { MessagesPage } from "../api-types";
import { call } from "../http";

/** The newest page, or the page before the message with seq `before`; ascending. */
export function getMessages(id: string, before: number | null): Promise<MessagesPage> {
  return call("GET", `/conversations/${encodeURIComponent(id)}/messages`, { query: { before, limit: 50 } });
}
