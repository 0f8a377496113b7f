// Messages on their way: shown at once, sent one after the other per conversation, repeated with the same
// `clientId` until there is an answer, so that a lost answer never makes a second message.
//
// It outlives conversation switches and, through the tab's session storage, a reload.
import type { ConversationLog } from "./conversation-log";
import type { Posted } from "./api-types";
import { newClientId } from "./client-id";
import { ApiError } from "./http";

export interface Pending {
  readonly clientId: string;
  readonly conversationId: string;
  readonly body: string;
  readonly at: string;
  /** sent: the server has it as `seq`, its event has not arrived yet. */
  readonly state: "sending" | "sent" | "failed";
  readonly seq: number | null;
  readonly reason: string | null;
  /** Failed, and the same message would be refused again. */
  readonly final: boolean;
}

export interface OutboxPorts {
  send: (conversationId: string, message: { body: string; clientId: string }) => Promise<Posted>;
  changed: () => void;
  /** Where unsent messages survive a reload. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  storageKey: string;
}

/** Waits between the automatic attempts; after the last one the message is shown as failed. */
const RETRY_MILLIS = [500, 1_000, 2_000, 4_000, 8_000];

export class Outbox {
  #pending: readonly Pending[];
  readonly #ports: OutboxPorts;
  /** Conversations with a send loop running. */
  readonly #sending = new Set<string>();
  readonly #wakers = new Set<() => void>();
  #stopped = true;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
    this.#pending = stored(ports);
  }

  get pending(): readonly Pending[] {
    return this.#pending;
  }

  start(): void {
    this.#stopped = false;
    for (const { conversationId } of this.#pending) void this.#run(conversationId);
  }

  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  /** Forgets everything, also what is stored: the user signs out. */
  clear(): void {
    this.stop();
    this.#set([]);
  }

  post(conversationId: string, body: string): void {
    const at = new Date().toISOString();
    const message: Pending = { clientId: newClientId(), conversationId, body, at, state: "sending", seq: null, reason: null, final: false };
    this.#set([...this.#pending, message]);
    void this.#run(conversationId);
  }

  retry(clientId: string): void {
    const message = this.#pending.find((one) => one.clientId === clientId && one.state === "failed");
    if (message === undefined) return;
    this.#change(clientId, { state: "sending", reason: null });
    void this.#run(message.conversationId);
  }

  discard(clientId: string): void {
    this.#set(this.#pending.filter((one) => one.clientId !== clientId));
  }

  /** Takes a discarded message back in, where it was. */
  restore(message: Pending): void {
    if (this.#pending.some((one) => one.clientId === message.clientId)) return;
    this.#set([...this.#pending, message].sort((a, b) => a.at.localeCompare(b.at)));
  }

  /** The line is up again: do not wait any longer. */
  wake(): void {
    for (const waker of this.#wakers) waker();
  }

  /** Lets go of what the log shows by now. */
  settle(conversationId: string, log: ConversationLog): void {
    const own = this.#pending.filter((one) => one.conversationId === conversationId);
    if (own.length === 0) return;
    const seen = new Set(log.messages.map((message) => message.clientId));
    const done = own.filter((one) => seen.has(one.clientId) || (one.seq !== null && one.seq <= log.last));
    if (done.length > 0) this.#set(this.#pending.filter((one) => !done.includes(one)));
  }

  /** After a restore of the store what it had answered counts no more; the fresh history shows what is left. */
  forgetSent(): void {
    this.#set(this.#pending.filter((one) => one.state !== "sent"));
  }

  async #run(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#sending.add(conversationId);
    try {
      for (let next = this.#next(conversationId); next !== undefined && !this.#stopped; next = this.#next(conversationId)) {
        await this.#send(next);
      }
    } finally {
      this.#sending.delete(conversationId);
    }
  }

  #next(conversationId: string): Pending | undefined {
    return this.#pending.find((one) => one.conversationId === conversationId && one.state === "sending");
  }

  async #send({ clientId, conversationId, body }: Pending): Promise<void> {
    for (let attempt = 0; !this.#stopped; attempt += 1) {
      try {
        const posted = await this.#ports.send(conversationId, { body, clientId });
        this.#change(clientId, { state: "sent", seq: posted.seq });
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === "unauthorized") this.#stopped = true; // kept for the next sign-in in this tab
        const wait = RETRY_MILLIS[attempt];
        if (!error.passing || wait === undefined) {
          if (!this.#stopped) this.#fail(clientId, conversationId, error);
          return;
        }
        await this.#pause(Math.max(wait, (error.retryAfter ?? 0) * 1000));
      }
      // Seen in the log or discarded meanwhile: nothing left to repeat.
      if (!this.#pending.some((one) => one.clientId === clientId)) return;
    }
  }

  /** What waits behind a message that nobody answers for fails with it: on its own it would overtake the other. */
  #fail(clientId: string, conversationId: string, { message: reason, passing }: ApiError): void {
    const fails = (one: Pending) =>
      one.clientId === clientId || (passing && one.conversationId === conversationId && one.state === "sending");
    this.#set(this.#pending.map((one) => (fails(one) ? { ...one, state: "failed", reason, final: !passing } : one)));
  }

  #pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, millis);
      this.#wakers.add(done);
    });
  }

  #change(clientId: string, change: Partial<Pending>): void {
    this.#set(this.#pending.map((one) => (one.clientId === clientId ? { ...one, ...change } : one)));
  }

  #set(pending: readonly Pending[]): void {
    this.#pending = pending;
    const unsent = pending.filter((one) => one.state !== "sent");
    if (unsent.length === 0) this.#ports.storage.removeItem(this.#ports.storageKey);
    else this.#ports.storage.setItem(this.#ports.storageKey, JSON.stringify(unsent));
    this.#ports.changed();
  }
}

function stored({ storage, storageKey }: OutboxPorts): Pending[] {
  const text = storage.getItem(storageKey);
  return text === null ? [] : (JSON.parse(text) as Pending[]);
}
