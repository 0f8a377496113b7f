// Web Push: the key that this browser subscribes with, and whether the server tells this browser of messages.

import type { PushKey, Subscribe } from "../api-types";
import { call } from "../http";

/** Null from a server that sends nothing. */
export async function getPushKey(): Promise<string | null> {
  return (await call<PushKey>("GET", "/push/key")).key ?? null;
}

export function subscribe(body: Subscribe): Promise<void> {
  return call("PUT", "/me/push", { body });
}

export function unsubscribe(endpoint: string): Promise<void> {
  return call("DELETE", "/me/push", { body: { endpoint } });
}
