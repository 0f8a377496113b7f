// Whether somebody is there, in words.
import type { Presence } from "./api-types";
import { agoTime } from "./format-time";
import { texts } from "./texts";

/** Null if it is not known. */
export function presenceText(presence: Presence | undefined, now: Date): string | null {
  if (presence === undefined) return null;
  const { state, lastSeenAt } = presence;
  return state === "offline" && lastSeenAt !== null ? texts.attention.lastSeen(agoTime(lastSeenAt, now)) : texts.attention.presence[state];
}
