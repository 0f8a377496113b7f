// What passes by without a place in any log: who writes, who is there, what moves in conversations that are not
// joined, what was taken away, and the unsent texts. Signals come without a promise, so on every connection
// whatever matters is fetched again.
import type { Presence, Signal } from "./api-types";
import { changePreferences } from "./api/preferences";
import { Drafts } from "./drafts";
import { PresenceWatch } from "./presence";
import { Typing } from "./typing";

/** Where a conversation stands. */
export interface Place {
  readonly seq: number;
  readonly messageNo: number;
  /** When it was heard of. */
  readonly at: string;
}

export interface AttentionSnapshot {
  readonly writers: ReadonlyMap<string, readonly string[]>;
  readonly presence: ReadonlyMap<string, Presence>;
  /** Heads that were told of, by conversation; they may be older than what is known otherwise. */
  readonly activity: ReadonlyMap<string, Place>;
  /** Conversations that the user was taken out of while this page was open. */
  readonly lost: ReadonlySet<string>;
  readonly drafts: ReadonlyMap<string, string>;
}

export interface AttentionPorts {
  readonly userId: string;
  tell: (name: string, ...args: unknown[]) => void;
  ask: (name: string, args: unknown[], answered: (answer: unknown) => void) => void;
  changed: () => void;
  /** Something of the user's own was read on another device. */
  readElsewhere: (conversationId: string, seq: number) => void;
  /** Signals for what is fetched over HTTP. */
  signal: (signal: Signal) => void;
}

export class Attention {
  readonly typing: Typing;
  readonly presence: PresenceWatch;
  readonly drafts: Drafts;
  readonly #ports: AttentionPorts;
  readonly #activity = new Map<string, Place>();
  readonly #lost = new Set<string>();

  constructor(ports: AttentionPorts) {
    this.#ports = ports;
    this.typing = new Typing((id, threadSeq) => ports.tell("typing", id, threadSeq === null ? {} : { threadSeq }), ports.changed);
    this.presence = new PresenceWatch({
      watch: (ids, answered) => ports.ask("watchPresence", [ids], (answer) => answered(presenceOf(answer))),
      changed: ports.changed,
    });
    this.drafts = new Drafts((id, draft) => changePreferences(id, { draft }), ports.changed);
  }

  snapshot(): AttentionSnapshot {
    return {
      writers: this.typing.writers(),
      presence: this.presence.known,
      activity: new Map(this.#activity),
      lost: new Set(this.#lost),
      drafts: this.drafts.texts,
    };
  }

  heard(signal: Signal): void {
    switch (signal.type) {
      case "typing.started":
        if (signal.userId !== this.#ports.userId) this.typing.heard(signal.conversationId, signal.userId, signal.threadSeq);
        return;
      case "presence.changed":
        this.presence.heard(signal);
        return;
      case "conversation.activity":
        this.#moved(signal.conversationId, signal);
        break;
      case "read.moved":
        if (signal.userId === this.#ports.userId) this.#ports.readElsewhere(signal.conversationId, signal.seq);
        break;
      default:
    }
    this.#ports.signal(signal);
  }

  /** How many people of a group are there; null if nobody said. */
  countOnline(conversationId: string, answered: (online: number | null) => void): void {
    this.#ports.ask("countPresence", [conversationId], (answer) => {
      const { online } = (answer ?? {}) as { online?: unknown };
      answered(typeof online === "number" ? online : null);
    });
  }

  away(is: boolean): void {
    this.#ports.tell("away", is);
  }

  entered(conversationId: string): void {
    if (this.#lost.delete(conversationId)) this.#ports.changed();
  }

  exited(conversationId: string): void {
    this.#lost.add(conversationId);
    this.#activity.delete(conversationId);
    this.#ports.changed();
  }

  disconnected(): void {
    this.typing.clear();
    this.presence.disconnected();
  }

  reset(): void {
    this.#activity.clear();
    this.#ports.changed();
  }

  stop(): void {
    this.drafts.flush();
    this.typing.clear();
    this.presence.disconnected();
  }

  #moved(conversationId: string, { seq, messageNo }: { seq: number; messageNo: number }): void {
    if (seq <= (this.#activity.get(conversationId)?.seq ?? 0)) return;
    this.#activity.set(conversationId, { seq, messageNo, at: new Date().toISOString() });
    this.#ports.changed();
  }
}

function presenceOf(answer: unknown): readonly Presence[] | null {
  const { presence } = (answer ?? {}) as { presence?: unknown };
  return Array.isArray(presence) ? (presence as Presence[]) : null;
}
