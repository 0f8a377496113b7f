// Tells that the newest message was seen: the conversation is open, scrolled to its end, and the page visible.
import { useEffect, useSyncExternalStore } from "react";
import type { Conversation, Message } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";

export function useReadMark({ id, role }: Conversation, newest: Message | undefined, atEnd: boolean): void {
  const chat = useChat();
  const visible = useSyncExternalStore(subscribe, () => document.visibilityState === "visible");
  useEffect(() => {
    if (newest !== undefined && atEnd && visible && role !== null) chat.seen(id, newest);
  }, [chat, id, role, newest, atEnd, visible]);
}

function subscribe(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
