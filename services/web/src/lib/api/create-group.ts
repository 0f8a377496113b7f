import type { Conversation } from "../api-types";
import { call } from "../http";

/** Creating with the same `clientId` again gives the same group. */
export async function createGroup(group: { name: string; clientId: string }): Promise<Conversation> {
  return (await call<{ conversation: Conversation }>("POST", "/conversations", { body: { kind: "group", ...group } })).conversation;
}
