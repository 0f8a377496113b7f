// A page of the members of a conversation.

import type { MembersPage } from "../api-types";
import { call } from "../http";

export function listMembers(id: string, cursor: string | null, signal?: AbortSignal): Promise<MembersPage> {
  return call("GET", `/conversations/${encodeURIComponent(id)}/members`, { query: { cursor, limit: 50 }, signal });
}
