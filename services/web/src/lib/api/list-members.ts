// A page of the members of a conversation.

import type { MembersPage, Role } from "../api-types";
import { call } from "../http";

/** Whom the page is to hold: whose username or a word of whose name begins so, and who has the role. */
export interface MembersWanted {
  readonly query?: string;
  readonly role?: Role;
  readonly cursor?: string | null;
}

export function listMembers(id: string, { query, role, cursor }: MembersWanted = {}, signal?: AbortSignal): Promise<MembersPage> {
  return call("GET", `/conversations/${encodeURIComponent(id)}/members`, { query: { query: query === "" ? null : query, role, cursor, limit: 50 }, signal });
}
