// Tells the server how far the user has read: only ever forward, one request at a time per conversation.
import { ApiError } from "./http";

interface Mark {
  /** What the user has seen. */
  seq: number;
  messageNo: number;
  /** What the server has confirmed. */
  confirmed: number;
  busy: boolean;
}

export class ReadMarks {
  readonly #marks = new Map<string, Mark>();
  readonly #put: (conversationId: string, seq: number) => Promise<void>;
  readonly #changed: () => void;

  constructor(put: (conversationId: string, seq: number) => Promise<void>, changed: () => void) {
    this.#put = put;
    this.#changed = changed;
  }

  /** The number of the last message seen here, 0 if none was. */
  messageNo(conversationId: string): number {
    return this.#marks.get(conversationId)?.messageNo ?? 0;
  }

  seen(conversationId: string, message: { seq: number; messageNo: number }): void {
    const mark = this.#marks.get(conversationId) ?? { seq: 0, messageNo: 0, confirmed: 0, busy: false };
    if (message.seq <= mark.seq) return;
    mark.seq = message.seq;
    mark.messageNo = message.messageNo;
    this.#marks.set(conversationId, mark);
    this.#changed();
    void this.#send(conversationId, mark);
  }

  /** The server has this mark already: another device has set it. */
  confirmed(conversationId: string, message: { seq: number; messageNo: number }): void {
    const mark = this.#marks.get(conversationId) ?? { seq: 0, messageNo: 0, confirmed: 0, busy: false };
    mark.confirmed = Math.max(mark.confirmed, message.seq);
    if (message.seq > mark.seq) {
      mark.seq = message.seq;
      mark.messageNo = message.messageNo;
    }
    this.#marks.set(conversationId, mark);
    this.#changed();
  }

  /** Sends what could not be sent before. */
  wake(): void {
    for (const [conversationId, mark] of this.#marks) void this.#send(conversationId, mark);
  }

  /** After a restore of the store the old numbers mean nothing. */
  clear(): void {
    this.#marks.clear();
  }

  async #send(conversationId: string, mark: Mark): Promise<void> {
    if (mark.busy) return;
    mark.busy = true;
    try {
      while (mark.confirmed < mark.seq) {
        const seq = mark.seq;
        await this.#put(conversationId, seq);
        mark.confirmed = seq;
      }
    } catch (error) {
      // A mark is a convenience: a later one, or the next connection, sends it again.
      if (!(error instanceof ApiError)) throw error;
    } finally {
      mark.busy = false;
    }
  }
}
