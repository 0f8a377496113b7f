// How far the members of a conversation have read; nothing in larger groups.

import type { ReadMark } from "../api-types";
import { call } from "../http";

export async function listReads(id: string, signal?: AbortSignal): Promise<ReadMark[]> {
  return (await call<{ reads: ReadMark[] | null }>("GET", `/conversations/${encodeURIComponent(id)}/reads`, { signal })).reads ?? [];
}
