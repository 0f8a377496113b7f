// What an event makes of the messages of a timeline or of a thread: the same fold as the server's, in
// `services/domain/src/history.rs`. Pure; an event that changes nothing gives the same array back.
import type { Attachment, Envelope, Message, Reaction } from "./api-types";

/** Whether the message of that number has the event in it already. */
export type Holds = (seq: number) => boolean;
const holdsNone: Holds = () => false;

/** The timeline after one event. */
export function withEvent(messages: readonly Message[], event: Envelope, holds = holdsNone): readonly Message[] {
  if (event.type === "message.posted") return [...messages, messageOf(event)];
  return withChange(messages, event, holds);
}

/** The replies under `root` after one event. */
export function withThreadEvent(replies: readonly Message[], root: number, event: Envelope, holds = holdsNone): readonly Message[] {
  if (event.type !== "message.replied" || event.data["threadSeq"] !== root) return withChange(replies, event, holds);
  return holds(event.seq) ? replies : [...replies, messageOf(event)];
}

/** The message that `message.posted` or `message.replied` brings. */
export function messageOf(event: Envelope): Message {
  const empty = blank(event);
  if (event.redacted === true) return { ...empty, deleted: true };
  const { data } = event;
  return {
    ...empty,
    body: text(data["body"]),
    replyTo: number(data["replyTo"]),
    attachments: list<Attachment>(data["attachments"]),
    mentions: list<string>(data["mentions"]),
    everyone: data["everyone"] === true,
    forwarded: (data["forwarded"] ?? null) as Message["forwarded"],
  };
}

/** The same messages after one event; it brings no new one. */
export function withChange(messages: readonly Message[], event: Envelope, holds = holdsNone): readonly Message[] {
  const { type, data } = event;
  const change = (all: readonly Message[], seq: number | null, act: (message: Message) => Message) => (seq === null || holds(seq) ? all : changedAt(all, seq, act));
  const after = change(messages, targetOf(event), (message) => changed(message, event));
  return type === "message.deleted" ? change(after, number(data["threadSeq"]), withoutReply) : after;
}

/** The message that an event changes, if it is one of those that do. */
export function targetOf({ type, data }: Envelope): number | null {
  return number(type === "message.replied" ? data["threadSeq"] : data["targetSeq"]);
}

function changedAt(messages: readonly Message[], seq: number, change: (message: Message) => Message): readonly Message[] {
  const index = messages.findLastIndex((message) => message.seq === seq);
  const before = messages[index];
  if (before === undefined) return messages;
  const after = change(before);
  return after === before ? messages : messages.with(index, after);
}

function withoutReply(root: Message): Message {
  return root.replies === null ? root : { ...root, replies: { ...root.replies, count: Math.max(0, root.replies.count - 1) } };
}

function changed(message: Message, event: Envelope): Message {
  const { type, data, actorId, at } = event;
  if (type === "message.deleted") return deleted(message);
  if (type === "message.replied") {
    // One that was taken back is counted off by its deletion, which comes later in the log.
    return { ...message, replies: { count: (message.replies?.count ?? 0) + 1, lastAt: at } };
  }
  if (message.deleted) return message;
  switch (type) {
    case "message.edited":
      if (event.redacted === true) return message;
      return { ...message, body: text(data["body"]), mentions: list<string>(data["mentions"]), everyone: data["everyone"] === true, editedAt: at };
    case "message.pinned":
      return { ...message, pinned: true };
    case "message.unpinned":
      return { ...message, pinned: false };
    case "reaction.added":
      return { ...message, reactions: reacted(message.reactions, text(data["emoji"]), actorId) };
    case "reaction.removed":
      return { ...message, reactions: unreacted(message.reactions, text(data["emoji"]), actorId) };
    default:
      return message;
  }
}

function reacted(reactions: readonly Reaction[], emoji: string, userId: string): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (known === undefined) return [...reactions, { emoji, userIds: [userId] }];
  if (known.userIds.includes(userId)) return [...reactions];
  return reactions.map((reaction) => (reaction === known ? { emoji, userIds: [...known.userIds, userId] } : reaction));
}

function unreacted(reactions: readonly Reaction[], emoji: string, userId: string): Reaction[] {
  const without = (reaction: Reaction) => (reaction.emoji === emoji ? { emoji, userIds: reaction.userIds.filter((one) => one !== userId) } : reaction);
  return reactions.map(without).filter((reaction) => reaction.userIds.length > 0);
}

/** Only its place and its thread are left. */
function deleted(message: Message): Message {
  const { seq, messageNo, actorId, at, clientId, threadSeq, replies } = message;
  return { ...EMPTY, seq, messageNo, actorId, at, clientId, threadSeq, replies, deleted: true };
}

const EMPTY = {
  body: "",
  replyTo: null,
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
} satisfies Partial<Message>;

function blank(event: Envelope): Message {
  const { seq, messageNo, actorId, at, clientId } = event;
  return { ...EMPTY, seq, messageNo, actorId, at, clientId, threadSeq: event.type === "message.replied" ? number(event.data["threadSeq"]) : null };
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const number = (value: unknown) => (typeof value === "number" ? value : null);
const list = <T>(value: unknown) => (Array.isArray(value) ? (value as T[]) : []);
