import { call } from "../http";

/** Moves the read mark forward to the message with that seq. */
export function markRead(id: string, seq: number): Promise<void> {
  return call("PUT", `/conversations/${encodeURIComponent(id)}/read`, { body: { seq } });
}
