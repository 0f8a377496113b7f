// How far the members of a conversation have read: fetched once, then moved on by signals.
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { listReads } from "./api/list-reads";
import type { ReadMark } from "./api-types";
import { queryKeys } from "./query-client";

/** In larger groups nobody is told who has read what. */
export const READS_LIMIT = 100;

/** Up to which seq each other member has read. Empty until it is known, and where nobody is told. */
export function useReads(conversationId: string, { enabled = true } = {}): ReadonlyMap<string, number> {
  const reads = useQuery({ queryKey: queryKeys.reads(conversationId), queryFn: ({ signal }) => listReads(conversationId, signal), enabled });
  return useMemo(() => new Map((reads.data ?? []).map(({ userId, seq }) => [userId, seq])), [reads.data]);
}

/** Who of these has read a message. */
export function readersOf(reads: ReadonlyMap<string, number>, seq: number, except: string): string[] {
  return [...reads].filter(([userId, read]) => read >= seq && userId !== except).map(([userId]) => userId);
}

/** A mark only moves forward: a late answer or signal takes nothing back. */
export function noteRead(client: QueryClient, { conversationId, userId, seq }: { conversationId: string; userId: string; seq: number }): void {
  client.setQueryData<ReadMark[]>(queryKeys.reads(conversationId), (marks) => {
    if (marks === undefined) return marks;
    const before = marks.find((mark) => mark.userId === userId);
    if (before === undefined) return [...marks, { userId, seq }];
    return before.seq >= seq ? marks : marks.map((mark) => (mark === before ? { userId, seq } : mark));
  });
}
