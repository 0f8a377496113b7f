// The direct conversation with somebody, made if it is not there yet.

import type { Conversation, CreateConversationBody } from "../api-types";
import { call } from "../http";

/** The direct conversation with that person, new or there already. */
export async function startDirect(userId: string): Promise<Conversation> {
  const body: CreateConversationBody = { kind: "direct", userId };
  return (await call<{ conversation: Conversation }>("POST", "/conversations", { body })).conversation;
}
