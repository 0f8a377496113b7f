// What the user does to messages, shown at once: reactions, edits, pins, deletions on their way to the server.
//
// A change lies over the message until it is answered and the log shows it, or until it is refused: then it is taken
// off and said.
// Changes of one message go out one after the other, so that the last one asked for is the one that stays; each is
// repeated with the same `clientId` or is such that a repeat changes nothing.
import type { Message } from "./api-types";
import { newClientId } from "./client-id";
import { ApiError } from "./http";

export type Change =
  | { readonly kind: "react"; readonly emoji: string; readonly on: boolean }
  | { readonly kind: "pin"; readonly on: boolean }
  | { readonly kind: "edit"; readonly body: string }
  | { readonly kind: "delete" };

export interface PendingChange {
  readonly clientId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly change: Change;
  readonly at: string;
  /** The server has it; its event may still be on its way. */
  readonly answered: boolean;
}

export interface ChangePorts {
  send: (change: PendingChange) => Promise<void>;
  changed: () => void;
  failed: (change: PendingChange, error: ApiError) => void;
  userId: string;
}

/** Waits between the automatic attempts. */
const RETRY_MILLIS = [500, 1_500, 4_000];
/** An answered change that the log does not show by then was undone by somebody else in the same moment. */
const SHOWN_MILLIS = 5_000;

export class PendingChanges {
  #all: readonly PendingChange[] = [];
  readonly #ports: ChangePorts;
  /** Messages whose changes are being sent. */
  readonly #sending = new Set<string>();
  #stopped = false;

  constructor(ports: ChangePorts) {
    this.#ports = ports;
  }

  get all(): readonly PendingChange[] {
    return this.#all;
  }

  make(conversationId: string, seq: number, change: Change): void {
    this.#set([...this.#all, { clientId: newClientId(), conversationId, seq, change, at: new Date().toISOString(), answered: false }]);
    void this.#run(conversationId, seq);
  }

  /** Lets go of what the log shows by now. `find` gives a message as the log has it, null if it is not loaded. */
  settle(conversationId: string, find: (seq: number) => Message | null): void {
    const isShown = ({ seq, change }: PendingChange) => {
      const message = find(seq);
      return message === null || shows(message, change, this.#ports.userId);
    };
    const rest = this.#all.filter((one) => one.conversationId !== conversationId || !one.answered || !isShown(one));
    if (rest.length < this.#all.length) this.#set(rest);
  }

  start(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#set([]);
  }

  async #run(conversationId: string, seq: number): Promise<void> {
    const target = `${conversationId} ${seq}`;
    if (this.#sending.has(target)) return;
    this.#sending.add(target);
    const next = () => this.#all.find((one) => one.conversationId === conversationId && one.seq === seq && !one.answered);
    try {
      for (let one = next(); one !== undefined && !this.#stopped; one = next()) await this.#send(one);
    } finally {
      this.#sending.delete(target);
    }
  }

  async #send(one: PendingChange): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#ports.send(one);
        this.#set(this.#all.map((other) => (other.clientId === one.clientId ? { ...other, answered: true } : other)));
        setTimeout(() => this.#drop(one), SHOWN_MILLIS);
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const wait = RETRY_MILLIS[attempt];
        if (this.#stopped) return;
        if (!error.passing || wait === undefined) {
          this.#drop(one);
          this.#ports.failed(one, error);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(wait, (error.retryAfter ?? 0) * 1_000)));
      }
    }
  }

  #drop({ clientId }: PendingChange): void {
    if (this.#all.some((one) => one.clientId === clientId)) this.#set(this.#all.filter((one) => one.clientId !== clientId));
  }

  #set(all: readonly PendingChange[]): void {
    this.#all = all;
    this.#ports.changed();
  }
}

/** The messages as they will be once the changes are through. The same array if nothing is on its way. */
export function withPendingChanges(messages: readonly Message[], changes: readonly PendingChange[], userId: string): readonly Message[] {
  return changes.reduce<readonly Message[]>((all, { seq, change, at }) => {
    const index = all.findLastIndex((message) => message.seq === seq);
    const before = all[index];
    return before === undefined || before.deleted ? all : all.with(index, changedBy(before, change, at, userId));
  }, messages);
}

function shows(message: Message, change: Change, userId: string): boolean {
  if (message.deleted) return true;
  switch (change.kind) {
    case "pin":
      return message.pinned === change.on;
    case "edit":
      return message.body === change.body;
    case "delete":
      return false;
    case "react":
      return (message.reactions.find((one) => one.emoji === change.emoji)?.userIds.includes(userId) === true) === change.on;
  }
}

function changedBy(message: Message, change: Change, at: string, userId: string): Message {
  switch (change.kind) {
    case "pin":
      return { ...message, pinned: change.on };
    case "edit":
      return { ...message, body: change.body, editedAt: at };
    case "delete":
      return { ...message, deleted: true, pinned: false, body: "", attachments: [], reactions: [], mentions: [], forwarded: null, replyTo: null };
    case "react":
      return { ...message, reactions: reacted(message.reactions, change.emoji, change.on, userId) };
  }
}

function reacted(reactions: Message["reactions"], emoji: string, on: boolean, userId: string): Message["reactions"] {
  const known = reactions.find((one) => one.emoji === emoji);
  if (on && known === undefined) return [...reactions, { emoji, userIds: [userId] }];
  return reactions
    .map((one) => {
      if (one.emoji !== emoji) return one;
      const others = one.userIds.filter((id) => id !== userId);
      if (on) return one.userIds.includes(userId) ? one : { emoji, userIds: [...others, userId] };
      return { emoji, userIds: others };
    })
    .filter((one) => one.userIds.length > 0);
}
