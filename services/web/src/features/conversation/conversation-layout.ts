// Turns messages into what stands on the screen: lines between days, the line above what is new,
// and messages of one author in a row drawn as one group. Pure.
import type { Message } from "../../lib/api-types";
import { sameDay } from "../../lib/format-time";
import type { Pending } from "../../lib/outbox";

export interface ShownMessage {
  readonly key: string;
  readonly authorId: string;
  readonly at: string;
  readonly body: string;
  /** Null once the server has it. */
  readonly pending: Pending | null;
}

export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: ShownMessage; opens: boolean; closes: boolean };

const GROUP_MILLIS = 5 * 60_000;

interface Shown {
  messages: readonly Message[];
  pending: readonly Pending[];
  userId: string;
  /** The number of the last message read before the conversation was opened; null if all was read. */
  readBefore: number | null;
}

export function layOut({ messages, pending, userId, readBefore }: Shown): Row[] {
  const known = new Set(messages.map((message) => message.clientId));
  const firstNew = readBefore === null ? undefined : messages.find((one) => one.messageNo > readBefore && one.actorId !== userId);
  const rows: Row[] = [];
  let previous: ShownMessage | null = null;
  for (const message of [...messages, ...pending.filter((one) => !known.has(one.clientId))]) {
    const shown = "state" in message ? shownPending(message, userId) : shownMessage(message);
    const newDay = previous === null || !sameDay(previous.at, shown.at);
    if (newDay) rows.push({ kind: "day", key: `day ${shown.key}`, at: shown.at });
    if (message === firstNew) rows.push({ kind: "new", key: "new" });
    const opens = newDay || message === firstNew || !continues(previous, shown);
    if (!opens) continueLast(rows);
    rows.push({ kind: "message", key: shown.key, message: shown, opens, closes: true });
    previous = shown;
  }
  return rows;
}

function continueLast(rows: Row[]): void {
  const last = rows.at(-1);
  if (last?.kind === "message") rows[rows.length - 1] = { ...last, closes: false };
}

function continues(previous: ShownMessage | null, next: ShownMessage): boolean {
  if (previous?.authorId !== next.authorId) return false;
  return new Date(next.at).getTime() - new Date(previous.at).getTime() < GROUP_MILLIS;
}

// The key of an own message is its clientId before and after the server has it, so it stays the same element.
function shownMessage({ seq, clientId, actorId, at, body }: Message): ShownMessage {
  return { key: clientId === null ? `seq ${seq}` : `${actorId} ${clientId}`, authorId: actorId, at, body, pending: null };
}

function shownPending(pending: Pending, userId: string): ShownMessage {
  const { clientId, at, body, state } = pending;
  return { key: `${userId} ${clientId}`, authorId: userId, at, body, pending: state === "sent" ? null : pending };
}
