// What a person keeps for a conversation: until when it is muted, and what is not sent yet.

import type { Preferences } from "../api-types";
import { call } from "../http";

export async function listPreferences(signal?: AbortSignal): Promise<Preferences[]> {
  return (await call<{ preferences: Preferences[] }>("GET", "/me/preferences", { signal })).preferences;
}

/** What is absent stays; null takes it away. */
export function changePreferences(id: string, body: { mutedUntil?: string | null; draft?: string | null }): Promise<unknown> {
  return call("PUT", `/conversations/${encodeURIComponent(id)}/preferences`, { body });
}
