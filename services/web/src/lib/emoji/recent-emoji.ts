// The emoji that were picked last in this browser, newest first.
import { useSyncExternalStore } from "react";

const KEY = "confab.emoji";
const MOST = 16;
/** Offered until there are own ones. */
const FIRST: readonly string[] = ["👍", "❤️", "😂", "🎉", "🙏", "👀", "😢", "🚀"];
const listeners = new Set<() => void>();
let read: { stored: string | null; emoji: readonly string[] } = { stored: null, emoji: FIRST };

export function recentEmoji(): readonly string[] {
  const stored = localStorage.getItem(KEY);
  if (stored !== read.stored) {
    const own = (stored ?? "").split(" ").filter((emoji) => emoji !== "");
    read = { stored, emoji: [...new Set([...own, ...FIRST])].slice(0, MOST) };
  }
  return read.emoji;
}

export function rememberEmoji(emoji: string): void {
  localStorage.setItem(KEY, [emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, MOST).join(" "));
  for (const listener of listeners) listener();
}

export function useRecentEmoji(): readonly string[] {
  return useSyncExternalStore(subscribe, recentEmoji);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
