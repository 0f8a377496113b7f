// People whose names begin like this.

import type { User } from "../api-types";
import { call } from "../http";

/** People whose username or display name starts with `query`. */
export async function findUsers(query: string, signal?: AbortSignal): Promise<User[]> {
  return (await call<{ users: User[] }>("GET", "/users", { query: { query, limit: 20 }, signal })).users;
}
