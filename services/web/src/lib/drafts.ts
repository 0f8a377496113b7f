// Unsent text by conversation, kept on the server so that another device goes on with it. The last writer wins.
//
// What is typed here is saved a moment after the last key. What comes from the server is taken only where nothing
// of this page waits to be saved, so a late answer cannot take a letter away.
import type { Preferences } from "./api-types";
import { ApiError } from "./http";

const SAVE_MILLIS = 1_200;

export class Drafts {
  readonly #save: (conversationId: string, draft: string | null) => Promise<unknown>;
  readonly #changed: () => void;
  #texts: ReadonlyMap<string, string> = new Map();
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(save: (conversationId: string, draft: string | null) => Promise<unknown>, changed: () => void) {
    this.#save = save;
    this.#changed = changed;
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  get(conversationId: string): string | undefined {
    return this.#texts.get(conversationId);
  }

  set(conversationId: string, text: string): void {
    if ((this.#texts.get(conversationId) ?? "") === text) return;
    this.#put(conversationId, text);
    clearTimeout(this.#waiting.get(conversationId));
    // A text that was sent is gone at once: no other device should show it.
    this.#waiting.set(conversationId, setTimeout(() => void this.#send(conversationId), text === "" ? 0 : SAVE_MILLIS));
  }

  /** What the server has. */
  fetched(preferences: readonly Preferences[]): void {
    const told = new Map(preferences.map(({ conversationId, draft }) => [conversationId, draft ?? ""]));
    for (const id of new Set([...told.keys(), ...this.#texts.keys()])) {
      if (!this.#waiting.has(id)) this.#put(id, told.get(id) ?? "");
    }
  }

  /** Sends at once what waits; the page may be about to go. */
  flush(): void {
    for (const id of this.#waiting.keys()) void this.#send(id);
  }

  clear(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#texts = new Map();
  }

  async #send(conversationId: string): Promise<void> {
    const timer = this.#waiting.get(conversationId);
    clearTimeout(timer);
    const text = this.#texts.get(conversationId) ?? "";
    try {
      await this.#save(conversationId, text === "" ? null : text);
    } catch (error) {
      // A draft is a convenience: it stays on this page, and the next key saves it again.
      if (!(error instanceof ApiError)) throw error;
    } finally {
      if (this.#waiting.get(conversationId) === timer) this.#waiting.delete(conversationId);
    }
  }

  #put(conversationId: string, text: string): void {
    if ((this.#texts.get(conversationId) ?? "") === text) return;
    const texts = new Map(this.#texts);
    if (text === "") texts.delete(conversationId);
    else texts.set(conversationId, text);
    this.#texts = texts;
    this.#changed();
  }
}
