// Signs out elsewhere.

import { call } from "../http";

export function endOneSession(id: string): Promise<void> {
  return call("DELETE", `/sessions/${encodeURIComponent(id)}`);
}
