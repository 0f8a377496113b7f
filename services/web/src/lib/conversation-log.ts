// The client's copy of one conversation's log: pure values and functions, no network, no React.
//
// The rule: an event with `seq <= last` is ignored, `last + 1` is applied, anything above is a hole
// and the conversation has to be joined again with `after: last`. So whatever is repeated, reordered or
// lost on the way, every event is applied exactly once and in order.
import type { Envelope, JoinPage, Message, MessagesPage } from "./api-types";

export interface ConversationLog {
  /** The life of the store these numbers belong to; null until the server named it. */
  readonly epoch: string | null;
  /** Every event in (floor, last] has been applied. */
  readonly floor: number;
  readonly last: number;
  /** Messages up to and including `last`. */
  readonly messageNo: number;
  /** When the newest applied event happened; null if none was applied here. */
  readonly lastAt: string | null;
  /** Ascending by seq, without a gap between the first one and `last`. */
  readonly messages: readonly Message[];
  /** none: no page was read yet. partial: older messages exist. complete: the first message is here. */
  readonly history: "none" | "partial" | "complete";
}

export type Outcome = "applied" | "old" | "hole";

/** Live messages kept for a conversation that nobody opened yet. */
const UNOPENED_LIMIT = 200;

/** A log that knows no messages yet, only where it stands: enough to follow it for the sidebar. */
export function logFromHead(head: { seq: number; messageNo: number }): ConversationLog {
  return {
    epoch: null,
    floor: head.seq,
    last: head.seq,
    messageNo: head.messageNo,
    lastAt: null,
    messages: [],
    history: "none",
  };
}

/** Takes in the newest page of history. What was already applied beyond the page stays. */
export function withNewestPage(log: ConversationLog | null, page: MessagesPage): ConversationLog {
  const newest = page.messages.at(-1);
  const fresh: ConversationLog = {
    epoch: page.epoch,
    floor: page.seq,
    last: page.seq,
    messageNo: newest?.messageNo ?? 0,
    lastAt: null,
    messages: page.messages,
    history: page.hasMore ? "partial" : "complete",
  };
  if (log === null || (log.epoch !== null && log.epoch !== page.epoch)) return fresh;
  const continues = log.floor <= page.seq && page.seq <= log.last;
  if (!continues) return fresh;
  return {
    ...fresh,
    last: log.last,
    messageNo: log.messageNo,
    lastAt: log.lastAt,
    messages: [...page.messages, ...log.messages.filter((message) => message.seq > page.seq)],
  };
}

/** Takes in a page of older messages, read with `before: the first message's seq`. */
export function withOlderPage(log: ConversationLog, page: MessagesPage): ConversationLog {
  if (log.epoch !== null && log.epoch !== page.epoch) return log;
  const first = log.messages[0]?.seq ?? Infinity;
  const older = page.messages.filter((message) => message.seq < first);
  return {
    ...log,
    messages: [...older, ...log.messages],
    history: page.hasMore ? "partial" : "complete",
  };
}

export function applyEvent(log: ConversationLog, event: Envelope): { log: ConversationLog; outcome: Outcome } {
  if (event.seq <= log.last) return { log, outcome: "old" };
  if (event.seq > log.last + 1) return { log, outcome: "hole" };
  const message = messageOf(event);
  const applied: ConversationLog = {
    ...log,
    last: event.seq,
    messageNo: event.messageNo,
    lastAt: event.at,
    messages: message ? [...log.messages, message] : log.messages,
  };
  return { log: trimmed(applied), outcome: "applied" };
}

/** Applies the page of a join. "stuck": the page did not lead on from here, so joining again at once is useless. */
export function applyJoinPage(
  log: ConversationLog,
  page: JoinPage,
): { log: ConversationLog; next: "live" | "more" | "hole" | "stuck" | "reset" } {
  if (log.epoch !== null && log.epoch !== page.epoch) return { log, next: "reset" };
  let current: ConversationLog = { ...log, epoch: page.epoch };
  for (const event of page.events) {
    const { log: next, outcome } = applyEvent(current, event);
    if (outcome === "hole") return { log: current, next: current.last > log.last ? "hole" : "stuck" };
    current = next;
  }
  if (page.seq > current.last) return { log: current, next: current.last > log.last ? "hole" : "stuck" };
  if (!page.more) return { log: current, next: "live" };
  return { log: current, next: current.last > log.last ? "more" : "stuck" };
}

/** The message that an event brings, or null for every other type of event, known or not. */
export function messageOf(event: Envelope): Message | null {
  if (event.type !== "message.posted" || event.redacted === true) return null;
  const { data } = event;
  if (typeof data["body"] !== "string") return null;
  return {
    seq: event.seq,
    messageNo: event.messageNo,
    actorId: event.actorId,
    at: event.at,
    body: data["body"],
    replyTo: typeof data["replyTo"] === "number" ? data["replyTo"] : null,
    clientId: event.clientId,
  };
}

function trimmed(log: ConversationLog): ConversationLog {
  const surplus = log.messages.length - UNOPENED_LIMIT;
  if (log.history !== "none" || surplus <= 0) return log;
  return { ...log, floor: log.messages[surplus - 1]?.seq ?? log.floor, messages: log.messages.slice(surplus) };
}
