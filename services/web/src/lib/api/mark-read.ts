// Moves the read mark forward.

import type { MarkReadBody } from "../api-types";
import { call } from "../http";

/** Moves the read mark forward to the message with that seq. */
export function markRead(id: string, seq: number): Promise<void> {
  const body: MarkReadBody = { seq };
  return call("PUT", `/conversations/${encodeURIComponent(id)}/read`, { body });
}
