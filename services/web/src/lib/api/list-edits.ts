// What a message said before.

import type { MessageVersion } from "../api-types";
import { call } from "../http";

/** From the first version to the present one. */
export async function listEdits(id: string, seq: number, signal?: AbortSignal): Promise<MessageVersion[]> {
  const { versions } = await call<{ versions: MessageVersion[] }>("GET", `/conversations/${encodeURIComponent(id)}/messages/${seq}/edits`, { signal });
  return versions;
}
