// Which panel of a conversation is open: anything may ask for one, and the app shows it.
import { useSyncExternalStore } from "react";

export type PanelName = "members" | "settings" | "mute" | "leave" | "add";

export interface Panel {
  readonly name: PanelName;
  readonly conversationId: string;
}

let open: Panel | null = null;
const listeners = new Set<() => void>();

export function openPanel(name: PanelName, conversationId: string): void {
  change({ name, conversationId });
}

export function closePanel(): void {
  change(null);
}

export function usePanel(): Panel | null {
  return useSyncExternalStore(subscribe, () => open);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: Panel | null): void {
  open = next;
  for (const listener of listeners) listener();
}
