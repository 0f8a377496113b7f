// A page of the messages that fit a query, best first.

import type { SearchPage } from "../api-types";
import { call } from "../http";

export function searchMessages(query: string, cursor: string | null, signal?: AbortSignal): Promise<SearchPage> {
  return call("GET", "/search", { query: { q: query, cursor, limit: 20 }, signal });
}
