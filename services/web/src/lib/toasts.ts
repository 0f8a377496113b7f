// Short notes about what cannot be seen otherwise, each with a way out. The newest few are shown.
import { useSyncExternalStore } from "react";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly look: "plain" | "problem";
  readonly action?: { readonly label: string; readonly run: () => void };
}

const LIMIT = 3;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function showToast(text: string, rest: Partial<Pick<Toast, "look" | "action">> = {}): number {
  lastId += 1;
  const toast: Toast = { id: lastId, text, look: "plain", ...rest };
  // The same words again replace the older ones, unless those offer something: two are two then.
  change(limited([...toasts.filter((one) => one.text !== text || one.action !== undefined), toast]));
  return toast.id;
}

export function dismissToast(id: number): void {
  change(toasts.filter((one) => one.id !== id));
}

/** Another person may sign in next. */
export function clearToasts(): void {
  change([]);
}

export function shownToasts(): readonly Toast[] {
  return toasts;
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, shownToasts);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The oldest goes, but not one that offers something while there is one that only says something. */
function limited(all: readonly Toast[]): readonly Toast[] {
  if (all.length <= LIMIT) return all;
  const dropped = all.find((one) => one.action === undefined) ?? all[0];
  return all.filter((one) => one !== dropped);
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
