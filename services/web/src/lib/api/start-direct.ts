import type { Conversation } from "../api-types";
import { call } from "../http";

/** The direct conversation with that person, new or there already. */
export async function startDirect(userId: string): Promise<Conversation> {
  return (await call<{ conversation: Conversation }>("POST", "/conversations", { body: { kind: "direct", userId } })).conversation;
}
