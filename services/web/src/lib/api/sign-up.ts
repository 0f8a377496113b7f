// Makes an account and signs in.

import type { SignUpBody, SignedIn } from "../api-types";
import { call } from "../http";

export function signUp(account: SignUpBody): Promise<SignedIn> {
  return call("POST", "/users", { body: account });
}
