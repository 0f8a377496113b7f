// The pinned messages of a conversation.

import type { Message } from "../api-types";
import { call } from "../http";

/** The last pinned first. */
export async function listPins(id: string, signal?: AbortSignal): Promise<Message[]> {
  const { messages } = await call<{ messages: Message[] }>("GET", `/conversations/${encodeURIComponent(id)}/pins`, { signal });
  return messages;
}
