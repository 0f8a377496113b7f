// The client's copy of one conversation's log: pure values and functions, no network, no React.
//
// The rule: an event with `seq <= last` is ignored, `last + 1` is applied, anything above is a hole
// and the conversation has to be joined again with `after: last`. So whatever is repeated, reordered or
// lost on the way, every event is applied exactly once and in order.
import type { Envelope, JoinPage, Message, MessagesPage } from "./api-types";
import { caughtUp, holding, isOfAnotherLife, type Ahead, type Stretch, type Thread } from "./history-stretch";
import { withChange, withEvent, withThreadEvent } from "./message-changes";

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
  /** Where one jumped to, if that does not reach the newest messages; then it is shown instead of them. */
  readonly window: Stretch | null;
  /** The thread that is open beside the messages. */
  readonly thread: Thread | null;
  /** What was read at a later state than `last`. */
  readonly ahead: readonly Ahead[];
  /** Grows whenever other messages are shown in the place of those before. */
  readonly shown: number;
}

const NOTHING_BESIDE = { window: null, thread: null, ahead: [], shown: 0 } as const;

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
    ...NOTHING_BESIDE,
  };
}

/**
 * Takes in the newest page of history. What was already applied beyond the page stays, and of the events that came
 * while it was read (`since`) the page gets what it does not have yet.
 */
export function withNewestPage(log: ConversationLog | null, page: MessagesPage, since: readonly Envelope[] = []): ConversationLog {
  const newest = page.messages.at(-1);
  const fresh: ConversationLog = {
    epoch: page.epoch,
    floor: page.seq,
    last: page.seq,
    messageNo: newest?.messageNo ?? 0,
    lastAt: null,
    messages: page.messages,
    history: page.hasMore ? "partial" : "complete",
    ...NOTHING_BESIDE,
    shown: log?.shown ?? 0,
  };
  if (log === null || isOfAnotherLife(log, page)) return fresh;
  const continues = log.floor <= page.seq && page.seq <= log.last;
  if (!continues) return fresh;
  return {
    ...fresh,
    thread: log.thread,
    ahead: log.ahead,
    last: log.last,
    messageNo: log.messageNo,
    lastAt: log.lastAt,
    messages: [...caughtUp(log, page, since).messages, ...log.messages.filter((message) => message.seq > page.seq)],
  };
}

/** Takes in a page of older messages, read with `before: the first message's seq`. */
export function withOlderPage(log: ConversationLog, page: MessagesPage, since: readonly Envelope[] = []): ConversationLog {
  if (isOfAnotherLife(log, page)) return log;
  const first = log.messages[0]?.seq ?? Infinity;
  const { log: noted, messages } = caughtUp(log, page, since);
  const older = messages.filter((message) => message.seq < first);
  return {
    ...noted,
    messages: [...older, ...log.messages],
    history: page.hasMore ? "partial" : "complete",
  };
}

export function applyEvent(log: ConversationLog, event: Envelope): { log: ConversationLog; outcome: Outcome } {
  if (event.seq <= log.last) return { log, outcome: "old" };
  if (event.seq > log.last + 1) return { log, outcome: "hole" };
  const applied: ConversationLog = {
    ...log,
    last: event.seq,
    messageNo: event.messageNo,
    lastAt: event.at,
    messages: withEvent(log.messages, event, holding(log.ahead, event, null)),
    ...beside(log, event),
  };
  return { log: trimmed(applied), outcome: "applied" };
}

/** What is shown beside the newest messages, after the event. */
function beside({ window, thread, ahead }: ConversationLog, event: Envelope): Pick<ConversationLog, "window" | "thread" | "ahead"> {
  return {
    window: window && { ...window, messages: withChange(window.messages, event, holding(ahead, event, null)) },
    thread: thread && { ...thread, replies: withThreadEvent(thread.replies, thread.root, event, holding(ahead, event, thread.root)) },
    ahead: ahead.length === 0 ? ahead : ahead.filter((one) => one.asOf > event.seq),
  };
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

function trimmed(log: ConversationLog): ConversationLog {
  const surplus = log.messages.length - UNOPENED_LIMIT;
  if (log.history !== "none" || surplus <= 0) return log;
  return { ...log, floor: log.messages[surplus - 1]?.seq ?? log.floor, messages: log.messages.slice(surplus) };
}

/** One of the messages that are loaded, wherever they are shown. */
export function loadedMessage({ messages, window, thread }: ConversationLog, seq: number): Message | null {
  return bySeq(messages, seq) ?? bySeq(window?.messages ?? [], seq) ?? bySeq(thread?.replies ?? [], seq);
}

/** Messages are ascending by `seq`, and there may be very many. */
function bySeq(messages: readonly Message[], seq: number): Message | null {
  let from = 0;
  let to = messages.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((messages[middle]?.seq ?? 0) < seq) from = middle + 1;
    else to = middle;
  }
  const found = messages[from];
  return found?.seq === seq ? found : null;
}
