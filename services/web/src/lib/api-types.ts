// The shapes of the HTTP API and of the socket, by the client's names for them.
// They are generated from `proto/openapi.json` (`npm run types`); only what TypeScript can say better is said here.
import type { components } from "../../../../proto/typescript/api";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Role = Schemas["Role"];
export type Member = Schemas["Member"];
export type Message = Schemas["Message"];
export type Conversation = Schemas["Conversation"];
export type SignedIn = Schemas["SignedIn"];
export type ConversationsPage = Schemas["ConversationList"];
export type MembersPage = Schemas["MemberList"];
/** `seq` is the head of the snapshot the page was read in. */
export type MessagesPage = Schemas["MessagePage"];
/** The answer to a sent message; a repeat with the same `clientId` gets the first answer again. */
export type Posted = Schemas["Receipt"];

export type Session = Schemas["Session"];
export type ChangePasswordBody = Schemas["ChangePassword"];
export type SignUpBody = Schemas["SignUp"];
export type SignInBody = Schemas["SignIn"];
export type CreateConversationBody = Schemas["CreateConversation"];
export type PostMessageBody = Schemas["PostMessage"];
export type MarkReadBody = Schemas["MarkRead"];

/** One event of a log. A newer server may send types that this client does not know. */
export type Envelope = Omit<Schemas["Envelope"], "type"> & { type: string };
export type Refusal = Omit<Schemas["Refused"], "ok"> & { ok: false };
/** The page of a join. `more` means: not joined yet, ask again with `after: seq`. */
export type JoinPage = Omit<Schemas["Joined"], "ok" | "events"> & { ok: true; events: Envelope[] };
export type JoinAnswer = JoinPage | Refusal;
export type Closing = Schemas["Closing"];
