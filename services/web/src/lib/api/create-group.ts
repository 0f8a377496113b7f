// Makes a group; a repeat with the same clientId gives the same one.

import type { Conversation, Visibility } from "../api-types";
import { call } from "../http";

interface NewGroup {
  name: string;
  topic: string;
  visibility: Visibility;
  clientId: string;
}

/** Creating with the same `clientId` again gives the same group. What is absent is open and without a topic. */
export async function createGroup({ name, topic, visibility, clientId }: NewGroup): Promise<Conversation> {
  const body = { kind: "group", name, clientId, ...(topic !== "" && { topic }), ...(visibility !== "public" && { visibility }) };
  return (await call<{ conversation: Conversation }>("POST", "/conversations", { body })).conversation;
}
