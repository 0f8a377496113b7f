// Makes a group; a repeat with the same clientId gives the same one.

import type { Conversation, CreateConversationBody } from "../api-types";
import { call } from "../http";

/** Creating with the same `clientId` again gives the same group. */
export async function createGroup(group: { name: string; clientId: string }): Promise<Conversation> {
  const body: CreateConversationBody = { kind: "group", ...group };
  return (await call<{ conversation: Conversation }>("POST", "/conversations", { body })).conversation;
}
