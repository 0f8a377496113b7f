// Puts an own reaction to a message, or takes it off.

import { call } from "../http";

export function reactToMessage(id: string, seq: number, emoji: string, on: boolean): Promise<unknown> {
  return call(on ? "PUT" : "DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`);
}
