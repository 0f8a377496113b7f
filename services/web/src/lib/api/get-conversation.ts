// One conversation as the signed-in person sees it.

import type { Conversation } from "../api-types";
import { call } from "../http";

export async function getConversation(id: string, signal?: AbortSignal): Promise<Conversation> {
  return (await call<{ conversation: Conversation }>("GET", `/conversations/${encodeURIComponent(id)}`, { signal })).conversation;
}
