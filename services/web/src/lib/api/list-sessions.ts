// Where the person is signed in.

import type { Session } from "../api-types";
import { call } from "../http";

/** The newest first; the one that asks is marked. */
export async function listSessions(signal?: AbortSignal): Promise<Session[]> {
  return (await call<{ sessions: Session[] }>("GET", "/sessions", { signal })).sessions;
}
