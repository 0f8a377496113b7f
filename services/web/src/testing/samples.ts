// Values for tests, as the server would send them.
import type { Conversation, Envelope, Message, MessagesPage, User } from "../lib/api-types";

export const ADA: User = { id: "00000000-0000-7000-8000-00000000000a", username: "ada", displayName: "Ada Lovelace", statusText: "", avatar: null, deleted: false };
export const GRACE: User = { id: "00000000-0000-7000-8000-00000000000b", username: "grace", displayName: "Grace Hopper", statusText: "", avatar: null, deleted: false };
export const CHAT_ID = "00000000-0000-5000-8000-0000000000c1";
export const EPOCH = "00000000000000e1";

export function time(seq: number): string {
  return new Date(Date.UTC(2026, 10, 22, 12, 0, seq)).toISOString();
}

/** A message event whose message number equals its seq. */
export function posted(seq: number, change: Partial<Envelope> = {}): Envelope {
  return {
    conversationId: CHAT_ID,
    seq,
    position: seq,
    messageNo: seq,
    type: "message.posted",
    actorId: GRACE.id,
    clientId: `client ${seq}`,
    at: time(seq),
    data: { body: `text ${seq}`, replyTo: null, attachments: [] },
    ...change,
  };
}

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    seq,
    messageNo: seq,
    actorId: GRACE.id,
    at: time(seq),
    body: `text ${seq}`,
    replyTo: null,
    clientId: `client ${seq}`,
    threadSeq: null,
    editedAt: null,
    deleted: false,
    pinned: false,
    reactions: [],
    attachments: [],
    mentions: [],
    everyone: false,
    forwarded: null,
    replies: null,
    ...change,
  };
}

export function seqs(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** The messages `from` to `to`, read while the head was at `head`. */
export function page(from: number, to: number, change: Partial<MessagesPage> = {}): MessagesPage {
  return { messages: seqs(from, to).map((seq) => message(seq)), seq: to, epoch: EPOCH, hasMore: from > 1, hasNewer: false, ...change };
}

export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: CHAT_ID,
    kind: "direct",
    name: null,
    receivers: [GRACE],
    topic: "",
    visibility: "public",
    archived: false,
    posting: "members",
    slowModeSeconds: 0,
    memberCount: 2,
    role: "member",
    head: { seq: 0, messageNo: 0 },
    lastMessage: null,
    unread: 0,
    mentions: 0,
    readSeq: 0,
    ...change,
  };
}
