// Changes settings of a group: what is absent stays.

import type { ChangeConversationBody, Conversation } from "../api-types";
import { call } from "../http";

export async function changeConversation(id: string, change: ChangeConversationBody): Promise<Conversation> {
  return (await call<{ conversation: Conversation }>("PATCH", `/conversations/${encodeURIComponent(id)}`, { body: change })).conversation;
}
