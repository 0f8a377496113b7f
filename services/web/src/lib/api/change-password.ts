// Changes the password, which ends all other sessions.

import type { ChangePasswordBody } from "../api-types";
import { call } from "../http";

export function changePassword(body: ChangePasswordBody): Promise<void> {
  return call("PUT", "/me/password", { body });
}
