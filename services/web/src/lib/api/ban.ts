// Takes a person out of a group for good; and lets them in again.

import { call } from "../http";

const path = (id: string, userId: string) => `/conversations/${encodeURIComponent(id)}/bans/${encodeURIComponent(userId)}`;

export function ban(id: string, userId: string): Promise<unknown> {
  return call("PUT", path(id, userId));
}

export function unban(id: string, userId: string): Promise<unknown> {
  return call("DELETE", path(id, userId));
}
