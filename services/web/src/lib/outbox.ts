// Messages on their way: shown at once, sent one after the other per conversation, repeated with the same
// `clientId` until there is an answer, so that a lost answer never makes a second message.
//
// It outlives conversation switches and, through the tab's session storage, a reload.
import type { ConversationLog } from "./conversation-log";
import type { Attachment, MessageAddress, PostMessageBody, Posted } from "./api-types";
import { newClientId } from "./client-id";
import { ApiError } from "./http";

/** What somebody wants to say. Its files are uploaded already. */
export interface Draft {
  readonly body: string;
  readonly replyTo: number | null;
  readonly threadSeq: number | null;
  readonly attachments: readonly Attachment[];
  /** Another message, repeated here; `body` only shows what it says. */
  readonly forward: MessageAddress | null;
}

export const EMPTY_DRAFT: Draft = { body: "", replyTo: null, threadSeq: null, attachments: [], forward: null };

export interface Pending extends Draft {
  readonly clientId: string;
  readonly conversationId: string;
  readonly at: string;
  /** sent: the server has it as `seq`, its event has not arrived yet. */
  readonly state: "sending" | "sent" | "failed";
  readonly seq: number | null;
  readonly reason: string | null;
  /** Failed, and the same message would be refused again. */
  readonly final: boolean;
}

export interface OutboxPorts {
  send: (conversationId: string, message: PostMessageBody) => Promise<Posted>;
  changed: () => void;
  /** Where unsent messages survive a reload. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  storageKey: string;
}

/** An own message that is on its way is found among so many; further back the answer to it says its number. */
const RECENT = 500;
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

  post(conversationId: string, draft: Partial<Draft>): void {
    const at = new Date().toISOString();
    const message: Pending = { ...EMPTY_DRAFT, ...draft, clientId: newClientId(), conversationId, at, state: "sending", seq: null, reason: null, final: false };
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
    const seen = new Set([...log.messages.slice(-RECENT), ...(log.thread?.replies.slice(-RECENT) ?? [])].map((message) => message.clientId));
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

  async #send(pending: Pending): Promise<void> {
    const { clientId, conversationId } = pending;
    for (let attempt = 0; !this.#stopped; attempt += 1) {
      try {
        const posted = await this.#ports.send(conversationId, bodyOf(pending));
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
  return text === null ? [] : (JSON.parse(text) as Pending[]).map((one) => ({ ...EMPTY_DRAFT, ...one }));
}

function bodyOf({ clientId, body, replyTo, threadSeq, attachments, forward }: Pending): PostMessageBody {
  return {
    clientId,
    ...(forward === null ? { body } : { forward }),
    ...(replyTo !== null && { replyTo }),
    ...(threadSeq !== null && { threadSeq }),
    ...(attachments.length > 0 && { attachments: attachments.map((one) => one.id) }),
  };
}
