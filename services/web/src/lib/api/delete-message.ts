// Takes a message back.

import { call } from "../http";

/** Of a message that is deleted already nothing changes. */
export function deleteMessage(id: string, seq: number): Promise<void> {
  return call("DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}`);
}
