// Who is signed in.

import type { User } from "../api-types";
import { ApiError, call } from "../http";

/** The signed-in user, or null. */
export async function getMe(signal?: AbortSignal): Promise<User | null> {
  try {
    return (await call<{ user: User }>("GET", "/me", { signal })).user;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
