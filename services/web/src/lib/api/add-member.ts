// Adds a person to a group.

import type { Role } from "../api-types";
import { call } from "../http";

export function addMember(id: string, userId: string, role?: Role): Promise<unknown> {
  const body = role === undefined ? { userId } : { userId, role };
  return call("POST", `/conversations/${encodeURIComponent(id)}/members`, { body });
}
