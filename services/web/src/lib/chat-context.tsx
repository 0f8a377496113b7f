// Gives the one `Chat` of the signed-in user to the components.
import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import type { Chat, ChatSnapshot } from "./chat";
import { NO_FEED, type FeedState } from "./conversation-feed";

const ChatContext = createContext<Chat | null>(null);
const LOADING: FeedState = { ...NO_FEED, loading: true };

export function ChatProvider({ chat, children }: { chat: Chat; children: ReactNode }) {
  return <ChatContext value={chat}>{children}</ChatContext>;
}

export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (chat === null) throw new Error("useChat outside of ChatProvider");
  return chat;
}

export function useChatSnapshot(): ChatSnapshot {
  const chat = useChat();
  return useSyncExternalStore(chat.subscribe, chat.snapshot);
}

/** `known` is false until the feed exists. */
export function useFeed(conversationId: string): FeedState & { known: boolean } {
  const feed = useChatSnapshot().feeds.get(conversationId);
  return { ...(feed ?? LOADING), known: feed !== undefined };
}
