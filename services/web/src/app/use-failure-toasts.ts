// Says that a message was not sent if its conversation is not the one on the screen.
import { useEffect, useRef } from "react";
import { useNavigate, useParams } from "react-router";
import { useChatSnapshot } from "../lib/chat-context";
import { conversationTitle } from "../lib/conversation-summary";
import { texts } from "../lib/texts";
import { showToast } from "../lib/toasts";
import { useSummaries } from "../lib/use-conversations";

export function useFailureToasts(): void {
  const navigate = useNavigate();
  const { conversationId } = useParams();
  const { pending } = useChatSnapshot();
  const summaries = useSummaries();
  const sending = useRef(new Set<string>());
  useEffect(() => {
    const failed = pending.filter((one) => one.state === "failed" && sending.current.has(one.clientId) && one.conversationId !== conversationId);
    sending.current = new Set(pending.filter((one) => one.state === "sending").map((one) => one.clientId));
    for (const id of new Set(failed.map((one) => one.conversationId))) {
      const conversation = summaries.find((one) => one.conversation.id === id)?.conversation;
      const title = conversation === undefined ? texts.conversation.unnamed : conversationTitle(conversation);
      showToast(texts.messages.notSentIn(title), { look: "problem", action: { label: texts.messages.show, run: () => void navigate(`/c/${id}`) } });
    }
  }, [pending, conversationId, summaries, navigate]);
}
