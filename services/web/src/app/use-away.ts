// Tells that nobody is looking any more: the page was hidden for a while. Coming back is told at once.
import { useEffect } from "react";
import { useChat, useChatSnapshot } from "../lib/chat-context";

const AWAY_MILLIS = 60_000;

export function useAway(): void {
  const chat = useChat();
  const online = useChatSnapshot().status === "online";
  useEffect(() => {
    if (!online) return;
    let away = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (is: boolean) => {
      if (is !== away) chat.attention.away(is);
      away = is;
    };
    const look = () => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") tell(false);
      else timer = setTimeout(() => tell(true), AWAY_MILLIS);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [chat, online]);
}
