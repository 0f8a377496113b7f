import type { SignedIn } from "../api-types";
import { call } from "../http";

export function signIn(credentials: { username: string; password: string }): Promise<SignedIn> {
  return call("POST", "/sessions", { body: credentials });
}
