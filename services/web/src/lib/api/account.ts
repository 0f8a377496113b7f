// Changes how others see one, and ends an account.

import type { User } from "../api-types";
import { call } from "../http";

/** What is absent stays; an empty status is none. */
export async function changeProfile(change: { displayName?: string; statusText?: string; avatar?: string | null }): Promise<User> {
  return (await call<{ user: User }>("PATCH", "/me", { body: change })).user;
}

/** Where the picture of a person is; another file is another picture. */
export const pictureAddress = (userId: string, file: string) => `/api/users/${encodeURIComponent(userId)}/avatar?file=${encodeURIComponent(file)}`;

export function deleteAccount(body: { password: string; messages: "keep" | "delete" }): Promise<void> {
  return call("DELETE", "/me", { body });
}
