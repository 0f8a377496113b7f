// Ends this session.

import { call } from "../http";

export function signOut(): Promise<void> {
  return call("DELETE", "/sessions/current");
}
