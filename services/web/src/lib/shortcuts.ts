// Which keys do what, wherever the focus is. Pure; the app acts on it and the help shows it.

export type Shortcut = "switcher" | "help" | "previous" | "next" | "previous-unread" | "next-unread";

type Keys = Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

/** `typing`: the focus is in a text field, where a single key is a letter. */
export function shortcutOf({ key, altKey, ctrlKey, metaKey, shiftKey }: Keys, typing: boolean): Shortcut | null {
  const command = ctrlKey !== metaKey && !altKey;
  if (command && !shiftKey && key.toLowerCase() === "k") return "switcher";
  if (command && key === "/") return "help";
  if (key === "?" && !typing && !ctrlKey && !metaKey && !altKey) return "help";
  if (altKey && !ctrlKey && !metaKey) {
    if (key === "ArrowUp") return shiftKey ? "previous-unread" : "previous";
    if (key === "ArrowDown") return shiftKey ? "next-unread" : "next";
  }
  return null;
}

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The keys as they are written on this keyboard. */
export const KEY_NAMES = APPLE
  ? { k: "K", command: "⌘", alt: "⌥", shift: "⇧", enter: "⏎", up: "↑", down: "↓", escape: "Esc", tab: "⇥" }
  : { k: "K", command: "Ctrl", alt: "Alt", shift: "Shift", enter: "Enter", up: "↑", down: "↓", escape: "Esc", tab: "Tab" };

/** The conversation before or after the open one; with none open, the first or the last. */
export function neighbour<Item extends { id: string; unread: number }>(items: readonly Item[], openId: string | undefined, shortcut: Shortcut): Item | undefined {
  const back = shortcut === "previous" || shortcut === "previous-unread";
  const onlyUnread = shortcut === "previous-unread" || shortcut === "next-unread";
  const order = back ? items.toReversed() : items;
  const wanted = (item: Item) => !onlyUnread || item.unread > 0;
  const rest = order.slice(order.findIndex((item) => item.id === openId) + 1);
  // What is unread is looked for all around the list.
  return rest.find(wanted) ?? (onlyUnread ? order.find((item) => item.unread > 0 && item.id !== openId) : undefined);
}
