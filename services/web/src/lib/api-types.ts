// The shapes of the HTTP API and of the socket, as the server sends them.
// Ids are lower-case UUIDs, `seq` and `messageNo` start at 1 (0 means "nothing yet"), `at` is RFC 3339 in UTC.

export interface User {
  id: string;
  username: string;
  displayName: string;
}

export interface SignedIn {
  user: User;
  token: string;
  expiresAt: string;
}

export interface Message {
  seq: number;
  messageNo: number;
  actorId: string;
  at: string;
  body: string;
  replyTo: number | null;
  clientId: string | null;
}

export type Role = "owner" | "admin" | "member" | "reader";

export interface Conversation {
  id: string;
  kind: "direct" | "group";
  name: string | null;
  receivers: User[];
  /** Null for somebody who is not a member. */
  role: Role | null;
  head: { seq: number; messageNo: number };
  lastMessage: Message | null;
  unread: number;
}

export interface Member {
  user: User;
  role: Role;
}

export interface ConversationsPage {
  conversations: Conversation[];
  next: string | null;
}

export interface MembersPage {
  members: Member[];
  next: string | null;
}

/** One page of history. `seq` is the head of the snapshot the page was read in. */
export interface MessagesPage {
  messages: Message[];
  seq: number;
  epoch: string;
  hasMore: boolean;
}

/** The answer to a sent message; a repeat with the same `clientId` gets the first answer again. */
export interface Posted {
  seq: number;
  position: number;
  messageNo: number;
  at: string;
  clientId: string | null;
}

/** One event of a conversation's log. Clients ignore types they do not know. */
export interface Envelope {
  conversationId: string;
  seq: number;
  position: number;
  messageNo: number;
  type: string;
  actorId: string | null;
  clientId: string | null;
  at: string;
  data: unknown;
  redacted?: boolean;
}

export interface Refusal {
  ok: false;
  code: string;
  message: string;
  /** Seconds, when the refusal was a limit. */
  retryAfter?: number;
}

/** The page of a join. `more` means: not joined yet, ask again with `after: seq`. */
export interface JoinPage {
  ok: true;
  seq: number;
  epoch: string;
  more: boolean;
  events: Envelope[];
}

export type JoinAnswer = JoinPage | Refusal;
