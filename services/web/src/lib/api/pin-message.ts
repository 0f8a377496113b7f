// Pins a message of a conversation, or takes the pin off.

import { call } from "../http";

export function pinMessage(id: string, seq: number, pinned: boolean): Promise<unknown> {
  return call(pinned ? "PUT" : "DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}/pin`);
}
