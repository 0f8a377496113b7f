// Takes a person out of a group. They may come back.

import { call } from "../http";

export function removeMember(id: string, userId: string): Promise<void> {
  return call("DELETE", `/conversations/${encodeURIComponent(id)}/members/${encodeURIComponent(userId)}`);
}
