// Keeps the log of one conversation current: reads history, joins, closes holes, joins again after a break.
//
// It decides when to ask; what an answer means is decided by the pure `conversation-log`.
// At most one join is under way, and a join that fails is repeated with a growing wait until it is refused for good.
import type { Envelope, JoinAnswer, MessagesPage } from "./api-types";
import { applyEvent, applyJoinPage, logFromHead, withNewestPage, withOlderPage, type ConversationLog } from "./conversation-log";
import { ApiError } from "./http";
import type { JoinFrom } from "./socket";

export interface FeedPorts {
  join: (from: JoinFrom, answered: (answer: JoinAnswer | null) => void) => void;
  fetchPage: (before: number | null) => Promise<MessagesPage>;
  /** The log or the state changed. */
  changed: () => void;
  /** The store was restored and this log with it. */
  reset: () => void;
  sessionEnded: () => void;
}

export interface FeedState {
  readonly log: ConversationLog | null;
  /** The newest page or an older one is being read. */
  readonly loading: boolean;
  readonly error: ApiError | null;
  /** The server refused for good: not there or not ours. */
  readonly refused: boolean;
}

const RETRY_MILLIS = { first: 500, cap: 15_000 };
const FINAL = new Set(["not_found", "forbidden", "invalid", "malformed"]);

export class ConversationFeed {
  state: FeedState = { log: null, loading: false, error: null, refused: false };
  readonly #ports: FeedPorts;
  #online = false;
  /** Listening on the server: live events arrive without asking. */
  #live = false;
  /** The join under way; an answer to an older one is not looked at. */
  #joining: symbol | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #opened = false;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Follows from the head on, without history. Does nothing if the log is there already. */
  followFrom(head: { seq: number; messageNo: number }): void {
    if (this.state.log !== null || this.state.loading) return;
    this.#set({ log: logFromHead(head), refused: false });
    this.#join();
  }

  /** Reads the newest page once, and follows. */
  async open(): Promise<void> {
    this.#opened = true;
    if (this.state.loading || (this.state.log !== null && this.state.log.history !== "none")) return;
    await this.#load(null, (page) => {
      const before = this.state.log;
      const log = withNewestPage(before, page);
      this.#set({ log });
      const wentBack = before !== null && (log.last < before.last || before.epoch !== log.epoch);
      if (wentBack) this.#drop();
      if (!this.#live) this.#join();
    });
  }

  async loadOlder(): Promise<void> {
    const { log, loading } = this.state;
    if (loading || log?.history !== "partial") return;
    await this.#load(log.messages[0]?.seq ?? null, (page) => {
      if (this.state.log !== null) this.#set({ log: withOlderPage(this.state.log, page) });
    });
  }

  receive(event: Envelope): void {
    if (this.state.log === null) return;
    const { log, outcome } = applyEvent(this.state.log, event);
    if (outcome === "applied") this.#set({ log });
    if (outcome === "hole" && this.#live) {
      this.#drop();
      this.#join();
    }
  }

  connected(): void {
    this.#online = true;
    this.#drop();
    this.#failures = 0;
    if (this.state.refused) this.#set({ refused: false });
    this.#join();
    if (this.#opened) void this.open();
  }

  disconnected(): void {
    this.#online = false;
    this.#drop();
  }

  /** Forgets everything, and starts again if somebody is looking. */
  reset(): void {
    this.#drop();
    this.#failures = 0;
    this.#set({ log: null, error: null, refused: false });
    if (this.#opened) void this.open();
  }

  close(): void {
    this.#online = false;
    this.#opened = false;
    this.#drop();
  }

  #drop(): void {
    this.#live = false;
    this.#joining = null;
    clearTimeout(this.#retry);
  }

  #join(): void {
    const { log } = this.state;
    if (log === null || !this.#online || this.#joining !== null || this.state.refused) return;
    clearTimeout(this.#retry);
    const attempt = Symbol("join");
    this.#joining = attempt;
    this.#ports.join({ after: log.last, epoch: log.epoch }, (answer) => {
      if (this.#joining !== attempt) return;
      this.#joining = null;
      this.#answered(answer);
    });
  }

  #answered(answer: JoinAnswer | null): void {
    if (answer === null) this.#joinLater();
    else if (!answer.ok) this.#refusedWith(answer.code, answer.retryAfter);
    else if (this.state.log !== null) {
      const { log, next } = applyJoinPage(this.state.log, answer);
      if (next === "reset") {
        this.#ports.reset();
        this.reset();
        return;
      }
      this.#set({ log });
      this.#live = next === "live";
      if (next === "stuck") this.#joinLater();
      else this.#failures = 0;
      if (next === "more" || next === "hole") this.#join();
    }
  }

  #refusedWith(code: string, retryAfter: number | null | undefined): void {
    if (code === "reset") {
      this.#ports.reset();
      this.reset();
    } else if (code === "unauthorized") this.#ports.sessionEnded();
    else if (FINAL.has(code)) this.#set({ refused: true });
    else this.#joinLater(retryAfter ?? 0);
  }

  #joinLater(seconds = 0): void {
    const wait = Math.min(RETRY_MILLIS.cap, RETRY_MILLIS.first * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#failures += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#join(), Math.max(wait, seconds * 1000));
  }

  async #load(before: number | null, take: (page: MessagesPage) => void): Promise<void> {
    this.#set({ loading: true, error: null });
    try {
      const page = await this.#ports.fetchPage(before);
      this.#set({ loading: false });
      take(page);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#set({ loading: false, error, refused: FINAL.has(error.code) });
    }
  }

  #set(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    this.#ports.changed();
  }
}
