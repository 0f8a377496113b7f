// Posts a message; a repeat with the same clientId gets the first receipt.

import type { PostMessageBody, Posted } from "../api-types";
import { call } from "../http";

/** Sending with the same `clientId` again makes no second message and gives the first answer. */
export function sendMessage(id: string, message: PostMessageBody): Promise<Posted> {
  return call("POST", `/conversations/${encodeURIComponent(id)}/messages`, { body: message });
}
