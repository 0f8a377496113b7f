// Keeps the log of one conversation current: reads history, joins, closes holes, joins again after a break.
//
// It decides when to ask; what an answer means is decided by the pure `conversation-log`.
// At most one join is under way, and a join that fails is repeated with a growing wait until it is refused for good.
import type { Envelope, JoinAnswer, MessagesPage } from "./api-types";
import { applyEvent, applyJoinPage, logFromHead, withNewestPage, withOlderPage, type ConversationLog } from "./conversation-log";
import { shownStretch, withNewerInWindow, withOlderInWindow, withoutWindow, withReplies, withThread, withWindow } from "./history-stretch";
import { ApiError } from "./http";
import type { JoinFrom } from "./socket";

/** Which page of history; nothing given means the newest. */
export type PagePlace = { before?: number; after?: number; around?: number };

export interface FeedPorts {
  join: (from: JoinFrom, answered: (answer: JoinAnswer | null) => void) => void;
  fetchPage: (place: PagePlace) => Promise<MessagesPage>;
  /** The newest replies under that message, or those before one of them. */
  fetchReplies: (root: number, before: number | null) => Promise<MessagesPage>;
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
  /** The same of the thread that is open. */
  readonly thread: { readonly loading: boolean; readonly error: ApiError | null };
  /** The server refused for good: not there or not ours. */
  readonly refused: boolean;
}

export const NO_FEED: FeedState = { log: null, loading: false, error: null, thread: { loading: false, error: null }, refused: false };
const RETRY_MILLIS = { first: 500, cap: 15_000 };
const FINAL = new Set(["not_found", "forbidden", "invalid", "malformed"]);

export class ConversationFeed {
  state: FeedState = NO_FEED;
  readonly #ports: FeedPorts;
  #online = false;
  /** Listening on the server: live events arrive without asking. */
  #live = false;
  /** The join under way; an answer to an older one is not looked at. */
  #joining: symbol | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  /** Events that came while some page was being read, for that page. */
  readonly #reading = new Set<Envelope[]>();

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
    await this.#load({}, (page, since) => {
      const before = this.state.log;
      const log = withNewestPage(before, page, since);
      this.#set({ log });
      const wentBack = before !== null && (log.last < before.last || before.epoch !== log.epoch);
      if (wentBack) this.#drop();
      if (!this.#live) this.#join();
    });
  }

  async loadOlder(): Promise<void> {
    const { log } = this.state;
    if (log === null || log.history === "none") return;
    const { messages, hasOlder } = shownStretch(log);
    const [first] = messages;
    if (!hasOlder || first === undefined) return;
    const take = log.window === null ? withOlderPage : withOlderInWindow;
    await this.#load({ before: first.seq }, (page, since) => this.#change((now) => (now.shown === log.shown ? take(now, page, since) : now)));
  }

  /** In a stretch that one jumped to: reads on towards the newest. */
  async loadNewer(): Promise<void> {
    const { log } = this.state;
    const last = log?.window?.messages.at(-1);
    if (log === null || last === undefined) return;
    await this.#load({ after: last.seq }, (page, since) => this.#change((now) => (now.shown === log.shown ? withNewerInWindow(now, page, since) : now)));
  }

  /** Lets that message be among those that are shown. False if it could not be read. */
  async showAround(seq: number): Promise<boolean> {
    await this.open();
    const { log } = this.state;
    if (log === null || log.history === "none") return false;
    if (shownStretch(log).messages.some((message) => message.seq === seq)) return true;
    if (log.messages.some((message) => message.seq === seq)) {
      this.showNewest();
      return true;
    }
    return this.#load({ around: seq }, (page, since) => this.#change((now) => withWindow(now, page, since)), true);
  }

  showNewest(): void {
    this.#change(withoutWindow);
  }

  /** Follows the thread under a message, or none. */
  async openThread(root: number | null): Promise<void> {
    const { log } = this.state;
    if (log === null || (log.thread?.root ?? null) === root) return;
    this.#change((now) => withThread(now, root === null ? null : { root, replies: [], hasOlder: true }));
    if (root !== null) await this.#loadReplies(root, null);
  }

  /** Older replies of the open thread; the newest if none could be read so far. */
  async loadOlderReplies(): Promise<void> {
    const thread = this.state.log?.thread;
    if (!thread || !thread.hasOlder || this.state.thread.loading) return;
    await this.#loadReplies(thread.root, thread.replies[0]?.seq ?? null);
  }

  receive(event: Envelope): void {
    if (this.state.log === null) return;
    const { log, outcome } = applyEvent(this.state.log, event);
    if (outcome === "applied") {
      this.#note([event]);
      this.#set({ log });
    }
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

  /** The user was let in: what was refused before is asked for anew. */
  admitted(): void {
    if (!this.state.refused) return;
    this.#set({ refused: false, error: null });
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
    this.#set({ log: null, error: null, thread: NO_FEED.thread, refused: false });
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
      const { last } = this.state.log;
      this.#note(answer.events.filter((event) => event.seq > last && event.seq <= log.last));
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

  /** False if the page could not be read. `urgent`: whatever else is being read. */
  async #load(place: PagePlace, take: (page: MessagesPage, since: readonly Envelope[]) => void, urgent = false): Promise<boolean> {
    if (this.state.loading && !urgent) return false;
    this.#set({ loading: true, error: null });
    try {
      const { page, since } = await this.#read(() => this.#ports.fetchPage(place));
      this.#set({ loading: false });
      take(page, since);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // That a message is not there says nothing about the conversation.
      this.#set({ loading: false, error, refused: place.around === undefined && FINAL.has(error.code) });
      return false;
    }
  }

  async #loadReplies(root: number, before: number | null): Promise<void> {
    const isOpen = () => this.state.log?.thread?.root === root;
    this.#set({ thread: { loading: true, error: null } });
    try {
      const { page, since } = await this.#read(() => this.#ports.fetchReplies(root, before));
      if (!isOpen()) return;
      this.#set({ thread: { loading: false, error: null } });
      this.#change((now) => withReplies(now, page, before !== null, since));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isOpen()) this.#set({ thread: { loading: false, error } });
    }
  }

  /** A page, and the events that were applied while it was read. */
  async #read<Page>(fetched: () => Promise<Page>): Promise<{ page: Page; since: readonly Envelope[] }> {
    const since: Envelope[] = [];
    this.#reading.add(since);
    try {
      return { page: await fetched(), since };
    } finally {
      this.#reading.delete(since);
    }
  }

  #note(events: readonly Envelope[]): void {
    for (const since of this.#reading) since.push(...events);
  }

  #change(change: (log: ConversationLog) => ConversationLog): void {
    if (this.state.log !== null) this.#set({ log: change(this.state.log) });
  }

  #set(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    this.#ports.changed();
  }
}
