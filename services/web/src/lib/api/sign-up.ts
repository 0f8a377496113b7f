import type { SignedIn } from "../api-types";
import { call } from "../http";

export function signUp(account: { username: string; password: string; displayName?: string }): Promise<SignedIn> {
  return call("POST", "/users", { body: account });
}
