// Who of these people is there, for as long as the component is on the screen.
import { useEffect, useState } from "react";
import type { Presence } from "./api-types";
import { useChat, useChatSnapshot } from "./chat-context";

export function usePresence(userIds: readonly string[]): ReadonlyMap<string, Presence> {
  const chat = useChat();
  const { attention } = useChatSnapshot();
  const wanted = [...new Set(userIds)].sort().join();
  useEffect(() => (wanted === "" ? undefined : chat.attention.presence.want(wanted.split(","))), [chat, wanted]);
  return attention.presence;
}

const AGAIN_MILLIS = 30_000;

/** How many people of a large group are there; null while nobody said. */
export function useOnlineCount(conversationId: string, enabled: boolean): number | null {
  const chat = useChat();
  const online = useChatSnapshot().status === "online";
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    if (!enabled || !online) return;
    let gone = false;
    const ask = () => chat.attention.countOnline(conversationId, (answer) => !gone && setCount(answer));
    ask();
    const timer = setInterval(ask, AGAIN_MILLIS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [chat, conversationId, enabled, online]);
  return enabled && online ? count : null;
}
