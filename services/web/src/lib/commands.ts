// What the palette can do besides going to a conversation. Each part of the page registers its own commands in an
// effect, while it is there; the palette shows what is registered.
import { useSyncExternalStore } from "react";
import type { IconName } from "./ui/icons";

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  /** Found by these words, too. */
  readonly words?: string;
  readonly run: () => void;
}

let registered: readonly (readonly Command[])[] = [];
let flat: readonly Command[] = [];
const listeners = new Set<() => void>();

/** Returns how to take the commands back. */
export function registerCommands(commands: readonly Command[]): () => void {
  put([...registered, commands]);
  return () => put(registered.filter((one) => one !== commands));
}

export function useCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, () => flat);
}

function put(next: readonly (readonly Command[])[]): void {
  registered = next;
  flat = next.flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
