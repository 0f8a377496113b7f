// Turns messages into what stands on the screen: lines between days, the line above what is new,
// and messages of one author in a row drawn as one group. Pure, and quick enough for very long histories.
import type { Message } from "../../lib/api-types";
import { dayOf } from "../../lib/format-time";
import type { Pending } from "../../lib/outbox";

export interface ShownMessage {
  readonly key: string;
  /** One that is on its way has `seq` 0. */
  readonly message: Message;
  /** Null once the server has it. */
  readonly pending: Pending | null;
}

export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; shown: ShownMessage; opens: boolean; closes: boolean };

const GROUP_MILLIS = 5 * 60_000;

interface Shown {
  messages: readonly Message[];
  pending: readonly Pending[];
  userId: string;
  /** The number of the last message read before the conversation was opened; null if all was read. */
  readBefore: number | null;
}

export function layOut({ messages, pending, userId, readBefore }: Shown): Row[] {
  const known = pending.length === 0 ? null : new Set(messages.map((message) => message.clientId));
  const firstNew = readBefore === null ? undefined : messages.find((one) => one.messageNo > readBefore && one.actorId !== userId);
  const rows: Row[] = [];
  let previous: Message | null = null;
  let day = { from: 0, to: 0 };
  const add = (shown: ShownMessage) => {
    const { message } = shown;
    const millis = millisOf(message);
    const newDay = millis < day.from || millis >= day.to;
    if (newDay) {
      day = dayOf(millis);
      rows.push({ kind: "day", key: `day ${shown.key}`, at: message.at });
    }
    if (message === firstNew) rows.push({ kind: "new", key: "new" });
    const opens = newDay || message === firstNew || !continues(previous, message);
    if (!opens) continueLast(rows);
    rows.push({ kind: "message", key: shown.key, shown, opens, closes: true });
    previous = message;
  };
  for (const message of messages) add(shownMessage(message));
  for (const one of pending) if (known?.has(one.clientId) !== true) add(shownPending(one, userId));
  return rows;
}

function continueLast(rows: Row[]): void {
  const last = rows.at(-1);
  if (last?.kind === "message") rows[rows.length - 1] = { ...last, closes: false };
}

function continues(previous: Message | null, next: Message): boolean {
  return previous !== null && previous.actorId === next.actorId && millisOf(next) - millisOf(previous) < GROUP_MILLIS;
}

/** Reading a time is slow, and every message is asked for its own again and again. */
const times = new WeakMap<Message, number>();

function millisOf(message: Message): number {
  const known = times.get(message);
  if (known !== undefined) return known;
  const millis = Date.parse(message.at);
  times.set(message, millis);
  return millis;
}

const shownBefore = new WeakMap<Message, ShownMessage>();

// The key of an own message is its clientId before and after the server has it, so it stays the same element.
function shownMessage(message: Message): ShownMessage {
  const known = shownBefore.get(message);
  if (known !== undefined) return known;
  const { seq, clientId, actorId } = message;
  const shown = { key: clientId === null ? `seq ${seq}` : `${actorId} ${clientId}`, message, pending: null };
  shownBefore.set(message, shown);
  return shown;
}

function shownPending(pending: Pending, userId: string): ShownMessage {
  const { clientId, at, body, state, replyTo, threadSeq, attachments } = pending;
  const message: Message = {
    seq: 0,
    messageNo: 0,
    actorId: userId,
    at,
    body,
    replyTo,
    clientId,
    threadSeq,
    editedAt: null,
    deleted: false,
    pinned: false,
    reactions: [],
    attachments: [...attachments],
    mentions: [],
    everyone: false,
    forwarded: null,
    replies: null,
  };
  return { key: `${userId} ${clientId}`, message, pending: state === "sent" ? null : pending };
}
