// Who is writing, by conversation: heard from others, and told to them, not more often than needed.
//
// Nobody says when they stop: whoever was not heard again after a while is dropped, and so is who has sent.

/** Somebody who is not heard again is no longer writing. */
export const HEARD_MILLIS = 5_000;
/** While one writes, others are told this often. */
export const TELL_MILLIS = 3_000;

interface Heard {
  threadSeq: number | null;
  timer: ReturnType<typeof setTimeout>;
}

export class Typing {
  readonly #heard = new Map<string, Map<string, Heard>>();
  readonly #told = new Map<string, number>();
  readonly #tell: (conversationId: string, threadSeq: number | null) => void;
  readonly #changed: () => void;

  constructor(tell: (conversationId: string, threadSeq: number | null) => void, changed: () => void) {
    this.#tell = tell;
    this.#changed = changed;
  }

  /** The writers of each conversation, longest first. */
  writers(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#heard].map(([id, users]) => [id, [...users].filter(([, { threadSeq }]) => threadSeq === null).map(([userId]) => userId)]));
  }

  heard(conversationId: string, userId: string, threadSeq: number | null): void {
    const users = this.#heard.get(conversationId) ?? new Map<string, Heard>();
    clearTimeout(users.get(userId)?.timer);
    users.set(userId, { threadSeq, timer: setTimeout(() => this.stopped(conversationId, userId), HEARD_MILLIS) });
    this.#heard.set(conversationId, users);
    this.#changed();
  }

  stopped(conversationId: string, userId: string): void {
    const users = this.#heard.get(conversationId);
    const heard = users?.get(userId);
    if (users === undefined || heard === undefined) return;
    clearTimeout(heard.timer);
    users.delete(userId);
    if (users.size === 0) this.#heard.delete(conversationId);
    this.#changed();
  }

  /** The user has changed the text that is being written. */
  wrote(conversationId: string, threadSeq: number | null = null): void {
    const place = `${conversationId} ${threadSeq ?? ""}`;
    const now = Date.now();
    if (now - (this.#told.get(place) ?? -Infinity) < TELL_MILLIS) return;
    this.#told.set(place, now);
    this.#tell(conversationId, threadSeq);
  }

  /** What was sent is no longer written: the next letter is told at once. */
  sent(conversationId: string, threadSeq: number | null = null): void {
    this.#told.delete(`${conversationId} ${threadSeq ?? ""}`);
  }

  clear(): void {
    for (const users of this.#heard.values()) for (const { timer } of users.values()) clearTimeout(timer);
    this.#heard.clear();
    this.#told.clear();
  }
}
