// Stops being a member of a group.

import { call } from "../http";

export function leaveGroup(id: string): Promise<void> {
  return call("DELETE", `/conversations/${encodeURIComponent(id)}/members/me`);
}
