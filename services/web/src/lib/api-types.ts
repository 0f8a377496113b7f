// The shapes of the HTTP API and of the socket, by the client's names for them.
// They are generated from `proto/openapi.json` (`npm run types`); only what TypeScript can say better is said here.
import type { components } from "../../../../proto/typescript/api";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Role = Schemas["Role"];
export type Member = Schemas["Member"];
export type Message = Schemas["Message"];
export type Reaction = Schemas["ReactionCount"];
export type Attachment = Schemas["Attachment"];
export type ThreadFollow = Schemas["ThreadFollow"];
export type Conversation = Schemas["Conversation"] & { mutedUntil?: string | null };
export type SignedIn = Schemas["SignedIn"];
export type ConversationsPage = Schemas["ConversationList"];
export type MembersPage = Schemas["MemberList"];
/** `seq` is the head of the snapshot the page was read in. */
export type MessagesPage = Schemas["MessagePage"];
/** The answer to a sent message; a repeat with the same `clientId` gets the first answer again. */
export type Posted = Schemas["Receipt"];

export type PushKey = Schemas["PushKey"];
export type Subscribe = Schemas["Subscribe"];

export type Session = Schemas["Session"];
export type ChangePasswordBody = Schemas["ChangePassword"];
export type SignUpBody = Schemas["SignUp"];
export type SignInBody = Schemas["SignIn"];
export type CreateConversationBody = Schemas["CreateConversation"];
export type MessageAddress = Schemas["MessageAddress"];
export type PostMessageBody = Schemas["PostMessage"];
export interface EditMessageBody {
  body: string;
  clientId?: string | null;
}
/** What a message said at some time. */
export interface MessageVersion {
  at: string;
  body: string;
}
export type MarkReadBody = Schemas["MarkRead"];

/** One event of a log. A newer server may send types that this client does not know. */
export type Envelope = Omit<Schemas["Envelope"], "type"> & { type: string };
export type Refusal = Omit<Schemas["Refused"], "ok"> & { ok: false };
/** The page of a join. `more` means: not joined yet, ask again with `after: seq`. */
export type JoinPage = Omit<Schemas["Joined"], "ok" | "events"> & { ok: true; events: Envelope[] };
export type JoinAnswer = JoinPage | Refusal;
export type Closing = Schemas["Closing"];

export type Visibility = Schemas["Visibility"];
export type Posting = Schemas["Posting"];
export interface ChangeConversationBody {
  name?: string;
  topic?: string;
  visibility?: Visibility;
  archived?: boolean;
  posting?: Posting;
  slowModeSeconds?: number;
  clientId?: string;
}

/** Somebody who asks to join a group, as those see it who decide. */
export interface JoinRequest {
  user: User;
  at: string;
}
/** What one has asked for oneself. */
export interface OwnJoinRequest {
  conversationId: string;
  at: string;
}
export interface Invitation {
  id: string;
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  maxUses: number | null;
  uses: number;
}
export interface CreateInvitationBody {
  expiresAt?: string | null;
  maxUses?: number | null;
}
/** What one sees of a group that one is invited to. */
export interface InvitedTo {
  conversationId: string;
  name: string;
  topic: string;
  memberCount: number;
  isMember: boolean;
}
export interface BansPage {
  users: User[];
  next: string | null;
}
export interface Preferences {
  conversationId: string;
  mutedUntil: string | null;
  draft: string | null;
}
export interface ReadMark {
  userId: string;
  seq: number;
}
export interface SearchPart {
  text: string;
  hit: boolean;
}
export interface SearchHit {
  conversationId: string;
  conversationName: string | null;
  author: User;
  seq: number;
  messageNo: number;
  threadSeq: number | null;
  at: string;
  hasFile: boolean;
  snippet: SearchPart[];
}
export interface SearchPage {
  hits: SearchHit[];
  next: string | null;
}

export type PresenceState = "online" | "away" | "offline";
export interface Presence {
  userId: string;
  state: PresenceState;
  lastSeenAt: string | null;
}

/** What the gateway tells without a promise: no log has it, and nothing is lost with it. */
export type Signal =
  | { type: "typing.started"; conversationId: string; userId: string; threadSeq: number | null }
  | { type: "read.moved"; conversationId: string; userId: string; seq: number }
  | { type: "preferences.changed"; conversationId: string | null }
  | { type: "profile.changed"; userId: string }
  | { type: "requests.changed"; conversationId: string }
  | ({ type: "presence.changed" } & Presence)
  | { type: "conversation.activity"; conversationId: string; seq: number; messageNo: number };
