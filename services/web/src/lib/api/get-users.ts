// People by their ids.

import type { User } from "../api-types";
import { call } from "../http";

/** At most 100 ids at a time. */
export async function getUsers(ids: readonly string[]): Promise<User[]> {
  return (await call<{ users: User[] }>("GET", "/users", { query: { ids: ids.join(",") } })).users;
}
