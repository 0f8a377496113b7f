// Removes an own file that no message uses.

import { call } from "../http";

export function discardFile(id: string): Promise<void> {
  return call("DELETE", `/files/${encodeURIComponent(id)}`);
}
