// What the sidebar shows of a conversation: the fetched list and the live logs laid over each other.
//
// Nothing is counted up: both sides carry `seq` and `messageNo`, which only grow, so a late answer to an
// earlier request cannot take anything back and no event is counted twice.
import type { Conversation, Message } from "./api-types";
import type { ConversationLog } from "./conversation-log";
import { texts } from "./texts";

export interface ConversationSummary {
  readonly conversation: Conversation;
  readonly lastMessage: Message | null;
  readonly unread: number;
  /** When something happened that the fetched list does not know yet. */
  readonly movedAt: string | null;
}

/** `readUpTo` is the number of the last message seen here. */
export function summarise(conversation: Conversation, log: ConversationLog | null, readUpTo: number): ConversationSummary {
  const moved = log !== null && log.last > conversation.head.seq;
  const newest = log?.messages.at(-1) ?? null;
  const fetched = conversation.lastMessage;
  const messageNo = moved ? log.messageNo : conversation.head.messageNo;
  const alreadyRead = conversation.head.messageNo - conversation.unread;
  return {
    conversation,
    lastMessage: newest !== null && newest.seq > (fetched?.seq ?? 0) ? newest : fetched,
    unread: conversation.role === null ? 0 : Math.max(0, messageNo - Math.max(alreadyRead, readUpTo)),
    movedAt: moved ? (log.lastAt ?? newest?.at ?? null) : null,
  };
}

/** Live activity is younger than the list, which is in order of activity already. */
export function byActivity(summaries: readonly ConversationSummary[]): ConversationSummary[] {
  return [...summaries].sort((a, b) => (b.movedAt ?? "").localeCompare(a.movedAt ?? ""));
}

/** A direct conversation is called like the other person. */
export function conversationTitle(conversation: Conversation): string {
  return conversation.name ?? conversation.receivers[0]?.displayName ?? texts.conversation.unnamed;
}
