// How many seconds one still waits in slow mode, counted from the own newest message. The server decides: what is
// sent earlier waits in the outbox.
import { useEffect, useState } from "react";
import { useChat } from "../../lib/chat-context";
import type { ConversationLog } from "../../lib/conversation-log";

const STEP_MILLIS = 500;

export function useSlowMode(seconds: number, log: ConversationLog | null): number {
  const { userId } = useChat();
  const newest = log?.messages.findLast((message) => message.actorId === userId);
  const end = seconds === 0 || newest === undefined ? 0 : new Date(newest.at).getTime() + seconds * 1000;
  const [now, setNow] = useState(() => Date.now());
  const waiting = end > now;
  useEffect(() => {
    if (end <= Date.now()) return;
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, STEP_MILLIS);
    return () => clearInterval(timer);
  }, [end, waiting]);
  return waiting ? Math.ceil((end - now) / 1000) : 0;
}
