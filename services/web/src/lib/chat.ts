// All that is live, in one object per signed-in user: the line, the feeds, the outbox and the read marks.
// React reads it through `useSyncExternalStore`; every value handed out is immutable.
//
// Only the open conversation and the newest few are joined: of all others the gateway tells that something moved
// (`conversation.activity`), which is enough for the list. Whoever looks into many conversations joins each; the
// one that was used longest ago is left then.
import type { Conversation, Envelope, Signal } from "./api-types";
import { discardFile } from "./api/discard-file";
import { getMessages } from "./api/get-messages";
import { getReplies } from "./api/get-replies";
import { markRead } from "./api/mark-read";
import { sendChange } from "./api/send-change";
import { sendMessage } from "./api/send-message";
import { uploadFile } from "./api/upload-file";
import { Attention, type AttentionSnapshot } from "./attention";
import { ConversationFeed, type FeedState } from "./conversation-feed";
import { loadedMessage } from "./conversation-log";
import type { ApiError } from "./http";
import { targetOf } from "./message-changes";
import { Outbox, type Draft, type Pending } from "./outbox";
import { PendingChanges, type Change, type PendingChange } from "./pending-changes";
import { ReadMarks } from "./read-marks";
import { createLine, type Line, type LineStatus } from "./socket";
import { Trays } from "./trays";

export interface ChatSnapshot {
  readonly status: LineStatus;
  readonly feeds: ReadonlyMap<string, FeedState>;
  readonly pending: readonly Pending[];
  /** What the user did to messages, on its way to the server. */
  readonly changes: readonly PendingChange[];
  /** Number of the last message seen here, by conversation. */
  readonly readUpTo: (conversationId: string) => number;
  readonly attention: AttentionSnapshot;
}

/** So many of the newest conversations are joined without being opened. */
export const FOLLOWED = 20;
/** So many are joined at most. */
export const JOINED_LIMIT = 60;

export interface ChatNotices {
  /** What was fetched over HTTP may be out of date: the list, and one conversation if named. */
  outdated: (conversationId?: string) => void;
  /** Something happened to that message, also if it is not among those that are loaded. */
  messageChanged: (conversationId: string, seq: number) => void;
  /** A change that the user made was refused. */
  changeFailed: (change: PendingChange, error: ApiError) => void;
  /** A signal about something that is fetched over HTTP. */
  signal: (signal: Signal) => void;
  sessionEnded: () => void;
}

export class Chat {
  readonly userId: string;
  /** Files of unsent messages. */
  readonly trays: Trays;
  readonly attention: Attention;
  /** Unsent text in threads, by conversation and root. Nothing is redrawn by it. */
  readonly threadDrafts = new Map<string, string>();
  readonly #notices: ChatNotices;
  readonly #line: Line;
  /** The one that was used last stands last. */
  readonly #feeds = new Map<string, ConversationFeed>();
  #open: string | null = null;
  readonly #outbox: Outbox;
  readonly #changes: PendingChanges;
  readonly #marks: ReadMarks;
  readonly #listeners = new Set<() => void>();
  #status: LineStatus = "connecting";
  #snapshot: ChatSnapshot;
  #announcing = false;

  constructor(userId: string, notices: ChatNotices) {
    this.userId = userId;
    this.#notices = notices;
    const changed = () => this.#changed();
    this.#outbox = new Outbox({ send: sendMessage, changed: () => this.#outboxChanged(), storage: sessionStorage, storageKey: `confab.outbox.${userId}` });
    this.trays = new Trays({ upload: uploadFile, discard: discardFile, storage: sessionStorage, storageKey: `confab.files.${userId}` });
    this.#changes = new PendingChanges({ userId, send: sendChange, changed: () => this.#outboxChanged(), failed: (change, error) => notices.changeFailed(change, error) });
    this.#marks = new ReadMarks(markRead, changed);
    this.attention = new Attention({
      userId,
      tell: (name, ...args) => this.#line.tell(name, args),
      ask: (name, args, answered) => this.#line.ask(name, args, answered),
      changed,
      readElsewhere: (id, seq) => this.#readElsewhere(id, seq),
      signal: (signal) => this.#notices.signal(signal),
    });
    this.#snapshot = this.#read();
    this.#line = createLine({
      online: () => this.#online(),
      status: (status) => this.#statusIs(status),
      event: (event) => this.#event(event),
      membership: (type, conversationId) => {
        this.attention[type](conversationId);
        if (type === "exited") this.leave(conversationId);
        else this.#feeds.get(conversationId)?.admitted();
        this.#notices.outdated(conversationId);
      },
      signal: (signal) => this.attention.heard(signal),
      reset: () => this.#reset(),
      sessionEnded: () => this.#notices.sessionEnded(),
    });
  }

  start(): void {
    this.#line.open();
    this.#outbox.start();
    this.#changes.start();
  }

  stop(): void {
    this.attention.stop();
    this.#line.close();
    this.#outbox.stop();
    this.#changes.stop();
    for (const feed of this.#feeds.values()) feed.close();
  }

  /** Also drops what was not sent yet: another person may sign in on this machine. */
  signedOut(): void {
    this.stop();
    this.#outbox.clear();
    this.trays.clear();
    this.attention.drafts.clear();
    this.trays.clear();
  }

  /** Unsent text by conversation, and by thread. */
  get drafts() {
    return this.attention.drafts;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ChatSnapshot => this.#snapshot;

  /** Follows the first of these conversations from their heads on, if they are not followed already. */
  follow(conversations: readonly Conversation[]): void {
    for (const [index, { id, head, lastMessage, unread }] of conversations.entries()) {
      if (index < FOLLOWED) this.#feed(id).followFrom(head);
      if (lastMessage !== null && unread > 0) this.#readByAnswering(id, lastMessage);
    }
  }

  open(conversationId: string): void {
    this.#open = conversationId;
    void this.#used(conversationId).open();
  }

  loadOlder(conversationId: string): void {
    void this.#feed(conversationId).loadOlder();
  }

  loadNewer(conversationId: string): void {
    void this.#feed(conversationId).loadNewer();
  }

  /** Lets that message be among those shown; false if it could not be read. */
  showAround(conversationId: string, seq: number): Promise<boolean> {
    return this.#feed(conversationId).showAround(seq);
  }

  showNewest(conversationId: string): void {
    this.#feed(conversationId).showNewest();
  }

  /** Follows the thread under that message, or none. */
  openThread(conversationId: string, root: number | null): void {
    void this.#feed(conversationId).openThread(root);
  }

  loadOlderReplies(conversationId: string): void {
    void this.#feed(conversationId).loadOlderReplies();
  }

  /** Leaves the room; what was read of it is forgotten. */
  leave(conversationId: string): void {
    this.#feeds.get(conversationId)?.close();
    this.#feeds.delete(conversationId);
    this.#line.leave(conversationId);
    this.#changed();
  }

  post(conversationId: string, draft: Partial<Draft>): void {
    this.attention.typing.sent(conversationId, draft.threadSeq ?? null);
    this.#outbox.post(conversationId, draft);
  }

  /** Does something to a message; it shows at once. */
  change(conversationId: string, seq: number, change: Change): void {
    this.#changes.make(conversationId, seq, change);
  }

  retry(clientId: string): void {
    this.#outbox.retry(clientId);
  }

  discard(clientId: string): void {
    this.#outbox.discard(clientId);
  }

  restore(message: Pending): void {
    this.#outbox.restore(message);
  }

  seen(conversationId: string, message: { seq: number; messageNo: number }): void {
    this.#marks.seen(conversationId, message);
  }

  /** Everything up to the head of the conversation. */
  seenAll({ id, head, lastMessage }: Conversation): void {
    const log = this.#feeds.get(id)?.state.log;
    const newest = log !== null && log !== undefined && log.last > head.seq ? log.messages.at(-1) : undefined;
    const message = newest ?? lastMessage;
    if (message !== null) this.seen(id, message);
  }

  #feed(id: string): ConversationFeed {
    const known = this.#feeds.get(id);
    if (known !== undefined) return known;
    const feed: ConversationFeed = new ConversationFeed({
      join: (from, answered) => this.#line.join(id, from, answered),
      fetchPage: (place) => getMessages(id, place),
      fetchReplies: (root, before) => getReplies(id, root, before),
      changed: () => {
        if (feed.state.log !== null) this.#outbox.settle(id, feed.state.log);
        this.#settleChanges(id);
        this.#changed();
      },
      reset: () => this.#restored(),
      sessionEnded: () => this.#notices.sessionEnded(),
    });
    this.#feeds.set(id, feed);
    if (this.#status === "online") feed.connected();
    this.#leaveOldest();
    return feed;
  }

  #used(id: string): ConversationFeed {
    const feed = this.#feed(id);
    this.#feeds.delete(id);
    this.#feeds.set(id, feed);
    return feed;
  }

  /** Not the open one, and none whose own messages are still to be recognised in it. */
  #leaveOldest(): void {
    const busy = new Set([this.#open, ...this.#outbox.pending.map((one) => one.conversationId)]);
    const [oldest] = [...this.#feeds.keys()].filter((id) => !busy.has(id));
    if (this.#feeds.size <= JOINED_LIMIT || oldest === undefined) return;
    const log = this.#feeds.get(oldest)?.state.log ?? null;
    this.leave(oldest);
    // What was heard in the room is newer than the list.
    if (log !== null) this.attention.heard({ type: "conversation.activity", conversationId: oldest, seq: log.last, messageNo: log.messageNo });
  }

  #online(): void {
    for (const feed of this.#feeds.values()) feed.connected();
    this.#outbox.wake();
    this.#marks.wake();
    this.attention.presence.connected();
    this.#notices.outdated();
  }

  #statusIs(status: LineStatus): void {
    if (this.#status === "online" && status !== "online") {
      for (const feed of this.#feeds.values()) feed.disconnected();
      this.attention.disconnected();
    }
    // Until the first connection stands there is nothing to come back to, but the user should see the trouble.
    this.#status = status;
    this.#changed();
  }

  #event(event: Envelope): void {
    this.#feeds.get(event.conversationId)?.receive(event);
    if (event.type === "message.posted") this.#readByAnswering(event.conversationId, event);
    if (event.type === "message.posted" || event.type === "message.replied") this.attention.typing.stopped(event.conversationId, event.actorId);
    const target = targetOf(event);
    if (target !== null) this.#notices.messageChanged(event.conversationId, target);
    if (!event.type.startsWith("message.") && !event.type.startsWith("reaction.")) {
      this.#notices.outdated(event.conversationId);
    }
  }

  /** Whoever wrote, perhaps in another window or by a script, has read what stands before. */
  #readByAnswering(conversationId: string, message: { actorId: string; seq: number; messageNo: number }): void {
    if (message.actorId === this.userId) this.#marks.seen(conversationId, message);
  }

  /** The number of the message is known if the message is; else the list is asked. */
  #readElsewhere(conversationId: string, seq: number): void {
    const messages = this.#feeds.get(conversationId)?.state.log?.messages ?? [];
    const message = messages.findLast((one) => one.seq <= seq);
    if (message === undefined) this.#notices.outdated(conversationId);
    else this.#marks.confirmed(conversationId, { seq, messageNo: message.messageNo });
  }

  #reset(): void {
    this.#restored();
    for (const feed of this.#feeds.values()) feed.reset();
  }

  #restored(): void {
    this.#outbox.forgetSent();
    this.#marks.clear();
    this.attention.reset();
    this.#notices.outdated();
  }

  /** The answer to a repeated message may name one that the log passed long ago. */
  #outboxChanged(): void {
    for (const { conversationId, state } of this.#outbox.pending) {
      const log = this.#feeds.get(conversationId)?.state.log;
      if (state === "sent" && log) this.#outbox.settle(conversationId, log);
    }
    for (const id of new Set(this.#changes.all.map((one) => one.conversationId))) this.#settleChanges(id);
    this.#changed();
  }

  #settleChanges(id: string): void {
    const log = this.#feeds.get(id)?.state.log;
    if (log) this.#changes.settle(id, (seq) => loadedMessage(log, seq));
  }

  #changed(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      this.#snapshot = this.#read();
      for (const listener of this.#listeners) listener();
    });
  }

  #read(): ChatSnapshot {
    const marks = this.#marks;
    return {
      status: this.#status,
      feeds: new Map([...this.#feeds].map(([id, feed]) => [id, feed.state])),
      pending: this.#outbox.pending,
      changes: this.#changes.all,
      readUpTo: (conversationId) => marks.messageNo(conversationId),
      attention: this.attention.snapshot(),
    };
  }
}
