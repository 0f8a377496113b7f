// All that is live, in one object per signed-in user: the line, the feeds, the outbox and the read marks.
// React reads it through `useSyncExternalStore`; every value handed out is immutable.
//
// The newest 200 conversations are joined, not only the one on the screen: joins are the only way to learn of
// new messages, and so many rooms are well below the limits of a socket. What lies beyond them comes up when
// the list is fetched again.
import type { Conversation, Envelope } from "./api-types";
import { getMessages } from "./api/get-messages";
import { markRead } from "./api/mark-read";
import { sendMessage } from "./api/send-message";
import { ConversationFeed, type FeedState } from "./conversation-feed";
import { Outbox, type Pending } from "./outbox";
import { ReadMarks } from "./read-marks";
import { createLine, type Line, type LineStatus } from "./socket";

export interface ChatSnapshot {
  readonly status: LineStatus;
  readonly feeds: ReadonlyMap<string, FeedState>;
  readonly pending: readonly Pending[];
  /** Number of the last message seen here, by conversation. */
  readonly readUpTo: (conversationId: string) => number;
}

export interface ChatNotices {
  /** What was fetched over HTTP may be out of date: the list, and one conversation if named. */
  outdated: (conversationId?: string) => void;
  sessionEnded: () => void;
}

export class Chat {
  /** Unsent text by conversation. Nothing is redrawn by it. */
  readonly drafts = new Map<string, string>();
  readonly userId: string;
  readonly #notices: ChatNotices;
  readonly #line: Line;
  readonly #feeds = new Map<string, ConversationFeed>();
  readonly #outbox: Outbox;
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
    this.#marks = new ReadMarks(markRead, changed);
    this.#snapshot = this.#read();
    this.#line = createLine({
      online: () => this.#online(),
      status: (status) => this.#statusIs(status),
      event: (event) => this.#event(event),
      membership: (type, conversationId) => {
        if (type === "exited") this.leave(conversationId);
        this.#notices.outdated(conversationId);
      },
      reset: () => this.#reset(),
      sessionEnded: () => this.#notices.sessionEnded(),
    });
  }

  start(): void {
    this.#line.open();
    this.#outbox.start();
  }

  stop(): void {
    this.#line.close();
    this.#outbox.stop();
    for (const feed of this.#feeds.values()) feed.close();
  }

  /** Also drops what was not sent yet: another person may sign in on this machine. */
  signedOut(): void {
    this.stop();
    this.#outbox.clear();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ChatSnapshot => this.#snapshot;

  /** Follows these conversations from their heads on, if they are not followed already. */
  follow(conversations: readonly Conversation[]): void {
    for (const { id, head, lastMessage, unread } of conversations) {
      this.#feed(id).followFrom(head);
      if (lastMessage !== null && unread > 0) this.#readByAnswering(id, lastMessage);
    }
  }

  open(conversationId: string): void {
    void this.#feed(conversationId).open();
  }

  loadOlder(conversationId: string): void {
    void this.#feed(conversationId).loadOlder();
  }

  leave(conversationId: string): void {
    this.#feeds.get(conversationId)?.close();
    this.#feeds.delete(conversationId);
    this.#line.leave(conversationId);
    this.#changed();
  }

  post(conversationId: string, body: string): void {
    this.#outbox.post(conversationId, body);
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

  #feed(id: string): ConversationFeed {
    const known = this.#feeds.get(id);
    if (known !== undefined) return known;
    const feed: ConversationFeed = new ConversationFeed({
      join: (from, answered) => this.#line.join(id, from, answered),
      fetchPage: (before) => getMessages(id, before),
      changed: () => {
        if (feed.state.log !== null) this.#outbox.settle(id, feed.state.log);
        this.#changed();
      },
      reset: () => this.#restored(),
      sessionEnded: () => this.#notices.sessionEnded(),
    });
    this.#feeds.set(id, feed);
    if (this.#status === "online") feed.connected();
    return feed;
  }

  #online(): void {
    for (const feed of this.#feeds.values()) feed.connected();
    this.#outbox.wake();
    this.#marks.wake();
    this.#notices.outdated();
  }

  #statusIs(status: LineStatus): void {
    if (this.#status === "online" && status !== "online") {
      for (const feed of this.#feeds.values()) feed.disconnected();
    }
    // Until the first connection stands there is nothing to come back to, but the user should see the trouble.
    this.#status = status;
    this.#changed();
  }

  #event(event: Envelope): void {
    this.#feeds.get(event.conversationId)?.receive(event);
    if (event.type === "message.posted") this.#readByAnswering(event.conversationId, event);
    if (!event.type.startsWith("message.") && !event.type.startsWith("reaction.")) {
      this.#notices.outdated(event.conversationId);
    }
  }

  /** Whoever wrote, perhaps in another window or by a script, has read what stands before. */
  #readByAnswering(conversationId: string, message: { actorId: string; seq: number; messageNo: number }): void {
    if (message.actorId === this.userId) this.#marks.seen(conversationId, message);
  }

  #reset(): void {
    this.#restored();
    for (const feed of this.#feeds.values()) feed.reset();
  }

  #restored(): void {
    this.#outbox.forgetSent();
    this.#marks.clear();
    this.#notices.outdated();
  }

  /** The answer to a repeated message may name one that the log passed long ago. */
  #outboxChanged(): void {
    for (const { conversationId, state } of this.#outbox.pending) {
      const log = this.#feeds.get(conversationId)?.state.log;
      if (state === "sent" && log) this.#outbox.settle(conversationId, log);
    }
    this.#changed();
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
      readUpTo: (conversationId) => marks.messageNo(conversationId),
    };
  }
}
