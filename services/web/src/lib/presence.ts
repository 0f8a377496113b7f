// Who is there: asked only for the people on the screen, and asked again on every new connection.
//
// What is not watched is not known. Signals about others are ignored, so nothing here grows with the server.
import type { Presence } from "./api-types";

/** The gateway takes no more at once. */
export const WATCH_LIMIT = 200;
const SETTLE_MILLIS = 150;

export interface PresencePorts {
  /** The answer is null if none came. */
  watch: (userIds: readonly string[], answered: (presence: readonly Presence[] | null) => void) => void;
  changed: () => void;
}

export class PresenceWatch {
  readonly #ports: PresencePorts;
  /** How many parts of the page want to know about a person. */
  readonly #wanted = new Map<string, number>();
  #known: ReadonlyMap<string, Presence> = new Map();
  #asked = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
  }

  get known(): ReadonlyMap<string, Presence> {
    return this.#known;
  }

  /** Until the function that comes back is called. */
  want(userIds: readonly string[]): () => void {
    for (const id of userIds) this.#wanted.set(id, (this.#wanted.get(id) ?? 0) + 1);
    this.#askSoon();
    return () => {
      for (const id of userIds) {
        const left = (this.#wanted.get(id) ?? 1) - 1;
        if (left === 0) this.#wanted.delete(id);
        else this.#wanted.set(id, left);
      }
      this.#askSoon();
    };
  }

  heard(presence: Presence): void {
    if (!this.#wanted.has(presence.userId)) return;
    this.#take([presence]);
  }

  connected(): void {
    this.#asked = "";
    this.#askSoon();
  }

  /** Without a line nothing is known. */
  disconnected(): void {
    clearTimeout(this.#timer);
    this.#known = new Map();
    this.#ports.changed();
  }

  #askSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), SETTLE_MILLIS);
  }

  #ask(): void {
    const ids = [...this.#wanted.keys()].slice(-WATCH_LIMIT).sort();
    const asked = ids.join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#ports.watch(ids, (presence) => {
      if (presence === null) this.#asked = "";
      else this.#take(presence);
    });
  }

  #take(presence: readonly Presence[]): void {
    const known = new Map([...this.#known].filter(([id]) => this.#wanted.has(id)));
    for (const one of presence) known.set(one.userId, one);
    this.#known = known;
    this.#ports.changed();
  }
}
