// Who may not come back into a group.

import type { BansPage } from "../api-types";
import { call } from "../http";

export function listBans(id: string, cursor: string | null, signal?: AbortSignal): Promise<BansPage> {
  return call("GET", `/conversations/${encodeURIComponent(id)}/bans`, { query: { cursor, limit: 50 }, signal });
}
