// Signs in; the cookie comes with the answer.

import type { SignInBody, SignedIn } from "../api-types";
import { call } from "../http";

export function signIn(credentials: SignInBody): Promise<SignedIn> {
  return call("POST", "/sessions", { body: credentials });
}
