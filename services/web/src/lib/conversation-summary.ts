// What the sidebar shows of a conversation: the fetched list, the live logs and what signals told, laid over each
// other.
//
// Nothing is counted up: all sides carry `seq` and `messageNo`, which only grow, so a late answer to an
// earlier request cannot take anything back and no event is counted twice.
import type { Conversation, Message } from "./api-types";
import type { Place } from "./attention";
import type { ConversationLog } from "./conversation-log";
import { texts } from "./texts";

export interface ConversationSummary {
  readonly conversation: Conversation;
  readonly lastMessage: Message | null;
  readonly unread: number;
  /** Of the unread ones, those that name the user. */
  readonly mentions: number;
  /** When something happened that the fetched list does not know yet. */
  readonly movedAt: string | null;
}

interface Told {
  readonly activity?: Place | undefined;
  readonly userId?: string;
}

/** `readUpTo` is the number of the last message seen here. */
export function summarise(conversation: Conversation, log: ConversationLog | null, readUpTo: number, { activity, userId }: Told = {}): ConversationSummary {
  const { head } = conversation;
  const moved = log !== null && log.last > head.seq;
  const newest = log?.messages.at(-1) ?? null;
  const fetched = conversation.lastMessage;
  const messageNo = Math.max(moved ? log.messageNo : head.messageNo, activity?.messageNo ?? 0);
  const alreadyRead = Math.max(head.messageNo - conversation.unread, readUpTo);
  const unread = conversation.role === null ? 0 : Math.max(0, messageNo - alreadyRead);
  return {
    conversation,
    lastMessage: newest !== null && newest.seq >= (fetched?.seq ?? 0) ? newest : fetched,
    unread,
    mentions: Math.min(unread, mentions(conversation, log, readUpTo, userId)),
    movedAt: moved ? (log.lastAt ?? newest?.at ?? null) : activity !== undefined && activity.seq >= head.seq ? activity.at : null,
  };
}

/** The server's count up to its head, and what came live since. */
function mentions({ head, mentions: fetched }: Conversation, log: ConversationLog | null, readUpTo: number, userId: string | undefined): number {
  const counted = readUpTo >= head.messageNo ? 0 : fetched;
  const live = log?.messages.filter(
    (one) => one.seq > head.seq && one.messageNo > readUpTo && one.actorId !== userId && (one.everyone || (userId !== undefined && one.mentions.includes(userId))),
  );
  return counted + (live?.length ?? 0);
}

/** Live activity is younger than the list, which is in order of activity already. */
export function byActivity(summaries: readonly ConversationSummary[]): ConversationSummary[] {
  return [...summaries].sort((a, b) => (b.movedAt ?? "").localeCompare(a.movedAt ?? ""));
}

/** A direct conversation is called like the other person. */
export function conversationTitle(conversation: Pick<Conversation, "name" | "receivers">): string {
  return conversation.name ?? conversation.receivers[0]?.displayName ?? texts.conversation.unnamed;
}

/** Until a time that has not come yet. */
export function isMuted({ mutedUntil }: Conversation, now = new Date()): boolean {
  return mutedUntil != null && new Date(mutedUntil) > now;
}
