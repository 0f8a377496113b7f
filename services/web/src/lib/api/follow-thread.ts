// Follows the thread under a message, or no longer; and whether one does.

import type { ThreadFollow } from "../api-types";
import { call } from "../http";

export async function followsThread(id: string, root: number, signal?: AbortSignal): Promise<boolean> {
  return (await call<ThreadFollow>("GET", path(id, root), { signal })).following;
}

export function followThread(id: string, root: number, follow: boolean): Promise<void> {
  return call(follow ? "PUT" : "DELETE", path(id, root));
}

const path = (id: string, root: number) => `/conversations/${encodeURIComponent(id)}/messages/${root}/thread/follow`;
