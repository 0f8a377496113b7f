// Marks every conversation of the list as read, up to what is known here.
import { useChat } from "../lib/chat-context";
import { texts } from "../lib/texts";
import { showToast } from "../lib/toasts";
import { useSummaries } from "../lib/use-conversations";

export function useAllRead(): () => void {
  const chat = useChat();
  const summaries = useSummaries();
  return () => {
    for (const { conversation, unread } of summaries) if (unread > 0) chat.seenAll(conversation);
    showToast(texts.attention.allReadDone);
  };
}
