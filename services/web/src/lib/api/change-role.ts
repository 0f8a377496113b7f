// Gives a member another role.

import type { Role } from "../api-types";
import { call } from "../http";

export function changeRole(id: string, userId: string, role: Role): Promise<unknown> {
  return call("PATCH", `/conversations/${encodeURIComponent(id)}/members/${encodeURIComponent(userId)}`, { body: { role } });
}
