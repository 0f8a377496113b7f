// Asking to join a group, and deciding about those who ask.

import type { JoinRequest, OwnJoinRequest } from "../api-types";
import { call } from "../http";

const path = (id: string, rest = "") => `/conversations/${encodeURIComponent(id)}/requests${rest}`;

/** The same answer whether there is such a group or not. */
export function askToJoin(id: string): Promise<unknown> {
  return call("PUT", path(id, "/me"));
}

export function takeRequestBack(id: string): Promise<unknown> {
  return call("DELETE", path(id, "/me"));
}

/** For those who decide. */
export async function listRequests(id: string, signal?: AbortSignal): Promise<JoinRequest[]> {
  return (await call<{ requests: JoinRequest[] }>("GET", path(id), { signal })).requests;
}

export function decideRequest(id: string, userId: string, approve: boolean): Promise<unknown> {
  return call("POST", path(id, `/${encodeURIComponent(userId)}`), { body: { approve } });
}

export async function listOwnRequests(signal?: AbortSignal): Promise<OwnJoinRequest[]> {
  return (await call<{ requests: OwnJoinRequest[] }>("GET", "/me/requests", { signal })).requests;
}
