// A page of a thread.

import type { MessagesPage } from "../api-types";
import { call } from "../http";

/** The newest replies under the message `root`, or those before one of them; ascending. */
export function getReplies(id: string, root: number, before: number | null): Promise<MessagesPage> {
  return call("GET", `/conversations/${encodeURIComponent(id)}/messages/${root}/thread`, { query: { before, limit: 50 } });
}
