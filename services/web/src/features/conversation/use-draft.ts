// What is written and not sent yet: that of a conversation is on all devices of the user, that of a thread in this page.
import { useState } from "react";
import { useChat, useChatSnapshot } from "../../lib/chat-context";

export function useDraft(conversationId: string, threadSeq: number | null): [string, (text: string) => void] {
  const { drafts, threadDrafts } = useChat();
  const { attention } = useChatSnapshot();
  const place = `${conversationId} ${threadSeq ?? ""}`;
  const kept = threadSeq === null ? (attention.drafts.get(conversationId) ?? "") : (threadDrafts.get(place) ?? "");
  const [text, setText] = useState(kept);
  // Another device went on with it: taken over unless something else was typed here meanwhile.
  const [known, setKnown] = useState(kept);
  if (known !== kept) {
    setKnown(kept);
    if (text === known) setText(kept);
  }
  function change(next: string) {
    setText(next);
    if (threadSeq === null) drafts.set(conversationId, next);
    else threadDrafts.set(place, next);
  }
  return [text, change];
}
