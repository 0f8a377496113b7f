// Links that let people into a group. The token travels in the body, never in an address.

import type { Conversation, CreateInvitationBody, Invitation, InvitedTo } from "../api-types";
import { call } from "../http";

const path = (id: string, rest = "") => `/conversations/${encodeURIComponent(id)}/invitations${rest}`;

/** The token is told only here. */
export function createInvitation(id: string, body: CreateInvitationBody): Promise<{ invitation: Invitation; token: string }> {
  return call("POST", path(id), { body });
}

export async function listInvitations(id: string, signal?: AbortSignal): Promise<Invitation[]> {
  return (await call<{ invitations: Invitation[] }>("GET", path(id), { signal })).invitations;
}

export function revokeInvitation(id: string, invitationId: string): Promise<void> {
  return call("DELETE", path(id, `/${encodeURIComponent(invitationId)}`));
}

export function lookAtInvitation(token: string, signal?: AbortSignal): Promise<InvitedTo> {
  return call("POST", "/invitations/look", { body: { token }, signal });
}

export async function acceptInvitation(token: string): Promise<Conversation> {
  return (await call<{ conversation: Conversation }>("POST", "/invitations/accept", { body: { token } })).conversation;
}
