// Pages of history that were read out of turn: a stretch in the middle that one jumped to, and a thread. Pure.
//
// A page shows the state at its own number, which may be before or after the last event applied here. What happened
// after the page is applied to it on arrival (`since`); what the page is ahead by is noted, and those events pass its
// messages over when they come in. So every message has every event exactly once, however page and events cross.
import type { Envelope, Message, MessagesPage } from "./api-types";
import type { ConversationLog } from "./conversation-log";
import { withChange, withThreadEvent, type Holds } from "./message-changes";

/** Messages without a gap between them. */
export interface Stretch {
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export interface Thread {
  readonly root: number;
  readonly replies: readonly Message[];
  readonly hasOlder: boolean;
}

/** Messages `from` to `to`, in the timeline or under `root`, have all events up to `asOf`, which is after `last`. */
export interface Ahead {
  readonly root: number | null;
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
}

type Read = Pick<MessagesPage, "messages" | "seq" | "epoch">;

/** What is to be seen: where one jumped to, or the newest messages. */
export function shownStretch({ window, messages, history }: ConversationLog): Stretch {
  return window ?? { messages, hasOlder: history !== "complete", hasNewer: false };
}

/** Shows the page around some message. A page that meets the newest messages is joined to them. */
export function withWindow(log: ConversationLog, page: MessagesPage, since: readonly Envelope[]): ConversationLog {
  if (isOfAnotherLife(log, page)) return log;
  const window: Stretch = { messages: [], hasOlder: page.hasMore, hasNewer: page.hasNewer };
  return bridged({ ...log, window, shown: log.shown + 1 }, page, since, (read) => read);
}

/** Takes in the page after the window's last message. */
export function withNewerInWindow(log: ConversationLog, page: MessagesPage, since: readonly Envelope[]): ConversationLog {
  const { window } = log;
  if (window === null || isOfAnotherLife(log, page)) return log;
  const last = window.messages.at(-1)?.seq ?? 0;
  const next = { ...log, window: { ...window, hasNewer: page.hasNewer } };
  return bridged(next, page, since, (read) => [...window.messages, ...read.filter((message) => message.seq > last)]);
}

/** Takes in the page before the window's first message. */
export function withOlderInWindow(log: ConversationLog, page: MessagesPage, since: readonly Envelope[]): ConversationLog {
  const { window } = log;
  if (window === null || isOfAnotherLife(log, page)) return log;
  const first = window.messages[0]?.seq ?? Infinity;
  const next = { ...log, window: { ...window, hasOlder: page.hasMore } };
  return bridged(next, page, since, (read) => [...read.filter((message) => message.seq < first), ...window.messages]);
}

/** Shows the newest messages again. */
export function withoutWindow(log: ConversationLog): ConversationLog {
  return log.window === null ? log : { ...log, window: null, shown: log.shown + 1 };
}

export function withThread(log: ConversationLog, thread: Thread | null): ConversationLog {
  return { ...log, thread };
}

/** Takes in the newest replies (`older` false), or those before the first one. */
export function withReplies(log: ConversationLog, page: Read & { hasMore: boolean }, older: boolean, since: readonly Envelope[]): ConversationLog {
  const { thread } = log;
  if (thread === null || isOfAnotherLife(log, page)) return log;
  const later = since.filter((event) => event.seq > page.seq);
  const known = new Set(older ? thread.replies.map((reply) => reply.seq) : []);
  const read = later.reduce<readonly Message[]>((all, event) => (older ? withChange(all, event) : withThreadEvent(all, thread.root, event)), page.messages);
  const replies = older ? [...read.filter((reply) => !known.has(reply.seq)), ...thread.replies] : read;
  const to = older ? (page.messages.at(-1)?.seq ?? 0) : Infinity;
  const noted = withAhead(log, { root: thread.root, from: page.messages[0]?.seq ?? 0, to, asOf: page.seq });
  return { ...noted, thread: { ...thread, replies, hasOlder: page.hasMore } };
}

/** The messages of a page as they are by now, and the note by how much they are ahead. */
export function caughtUp(log: ConversationLog, page: Read, since: readonly Envelope[]): { log: ConversationLog; messages: readonly Message[] } {
  const messages = since.filter((event) => event.seq > page.seq).reduce<readonly Message[]>((all, event) => withChange(all, event), page.messages);
  const [first] = page.messages;
  const last = page.messages.at(-1);
  if (first === undefined || last === undefined) return { log, messages };
  // What the log has itself, or will get as an event, is not taken from the page.
  const to = Math.min(last.seq, (log.messages[0]?.seq ?? log.last + 1) - 1);
  return { log: withAhead(log, { root: null, from: first.seq, to, asOf: page.seq }), messages };
}

/** For one event: which messages have it already. */
export function holding(ahead: readonly Ahead[], event: Envelope, root: number | null): Holds {
  return (seq) => ahead.some((one) => one.root === root && one.from <= seq && seq <= one.to && event.seq <= one.asOf);
}

export function isOfAnotherLife(log: ConversationLog, page: { epoch: string }): boolean {
  return log.epoch !== null && log.epoch !== page.epoch;
}

function withAhead(log: ConversationLog, ahead: Ahead): ConversationLog {
  return ahead.asOf > log.last ? { ...log, ahead: [...log.ahead, ahead] } : log;
}

/** Puts a page into the window, and both into one as soon as they meet. */
function bridged(log: ConversationLog, page: MessagesPage, since: readonly Envelope[], place: (read: readonly Message[]) => readonly Message[]): ConversationLog {
  const { log: noted, messages: read } = caughtUp(log, page, since);
  const window: Stretch = { hasOlder: log.window?.hasOlder ?? false, hasNewer: log.window?.hasNewer ?? false, messages: place(read) };
  const first = log.messages[0]?.seq ?? Infinity;
  const last = window.messages.at(-1)?.seq ?? 0;
  if (window.hasNewer && last < first) return { ...noted, window };
  return {
    ...noted,
    window: null,
    messages: [...window.messages.filter((message) => message.seq < first), ...log.messages],
    history: window.hasOlder ? "partial" : "complete",
  };
}
