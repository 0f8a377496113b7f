// Signs out everywhere else.

import { call } from "../http";

/** The session that asks stays. */
export function endOtherSessions(): Promise<void> {
  return call("DELETE", "/sessions", { query: { except: "current" } });
}
