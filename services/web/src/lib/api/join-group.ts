// Becomes a member of a group.

import type { Conversation } from "../api-types";
import { call } from "../http";

export async function joinGroup(id: string): Promise<Conversation> {
  return (await call<{ conversation: Conversation }>("POST", `/conversations/${encodeURIComponent(id)}/members`)).conversation;
}
