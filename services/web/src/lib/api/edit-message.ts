// Gives an own message another text.

import type { EditMessageBody } from "../api-types";
import { call } from "../http";

/** A repeat with the same `clientId` changes nothing. */
export function editMessage(id: string, seq: number, body: EditMessageBody): Promise<unknown> {
  return call("PATCH", `/conversations/${encodeURIComponent(id)}/messages/${seq}`, { body });
}
