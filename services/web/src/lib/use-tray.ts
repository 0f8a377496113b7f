// The files that wait beside an unsent message.
import { useSyncExternalStore } from "react";
import { useChat } from "./chat-context";
import type { TrayFile } from "./trays";

export function useTray(place: string): readonly TrayFile[] {
  const { trays } = useChat();
  return useSyncExternalStore(trays.subscribe, () => trays.at(place));
}
