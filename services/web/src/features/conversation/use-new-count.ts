// How many messages of others came in since the reader scrolled away from the end.
import { useState } from "react";
import type { Message } from "../../lib/api-types";

export function useNewCount(messages: readonly Message[], userId: string, atEnd: boolean): number {
  const newest = messages.at(-1)?.seq ?? 0;
  /** The newest message when the end was left; null while one is there. */
  const [left, setLeft] = useState<number | null>(null);
  if (atEnd && left !== null) setLeft(null);
  if (!atEnd && left === null) setLeft(newest);
  if (left === null || newest <= left) return 0;
  const firstNew = messages.findLastIndex((message) => message.seq <= left) + 1;
  return messages.slice(firstNew).filter((message) => message.actorId !== userId).length;
}
