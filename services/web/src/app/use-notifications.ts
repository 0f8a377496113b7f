// A note of the browser for each conversation in which somebody wrote while nobody looked. What was there when the
// page was opened is not told, and neither is what is muted, unless it names the user. What is read has no note.
import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { useChat } from "../lib/chat-context";
import { conversationTitle, isMuted, type ConversationSummary } from "../lib/conversation-summary";
import { oneLine } from "../lib/message-text";
import { closeNotes, onOpen, showNote, useConsent } from "../lib/notifications";
import { usePeople } from "../lib/people";
import { texts } from "../lib/texts";
import { useSummaries } from "../lib/use-conversations";
import { startWebPush } from "../lib/web-push";

const BODY_CHARS = 200;

export function useNotifications(): void {
  const navigate = useNavigate();
  const { userId } = useChat();
  const summaries = useSummaries();
  const told = useRef<ReadonlyMap<string, { messageNo: number; unread: number }> | null>(null);
  const people = usePeople(summaries.flatMap(({ lastMessage }) => (lastMessage === null ? [] : [lastMessage.actorId])));
  const wanted = useConsent() === "on";
  useEffect(() => {
    if (wanted) void startWebPush();
  }, [wanted]);
  useEffect(() => onOpen((path) => void navigate(path)), [navigate]);
  useEffect(() => {
    const before = told.current;
    if (before === null && summaries.length === 0) return;
    told.current = new Map(summaries.map(({ conversation, lastMessage, unread }) => [conversation.id, { messageNo: lastMessage?.messageNo ?? 0, unread }]));
    const read = new Set(summaries.filter(({ unread }) => unread === 0).map(({ conversation }) => conversation.id));
    if (before === null || [...read].some((id) => before.get(id)?.unread !== 0)) void closeNotes((id) => read.has(id));
    if (before === null || document.visibilityState === "visible") return;
    for (const summary of summaries) {
      const { conversation, lastMessage } = summary;
      const known = before.get(conversation.id)?.messageNo ?? 0;
      if (lastMessage === null || lastMessage.messageNo <= known || !isWorthIt(summary, userId)) continue;
      const author = people.get(lastMessage.actorId)?.displayName ?? texts.somebody;
      void showNote({
        title: conversation.kind === "direct" ? author : texts.notify.from(author, conversationTitle(conversation)),
        body: oneLine(lastMessage.body, BODY_CHARS),
        conversationId: conversation.id,
        seq: lastMessage.seq,
      });
    }
  }, [summaries, people, userId]);
}

function isWorthIt({ conversation, lastMessage, unread, mentions }: ConversationSummary, userId: string): boolean {
  if (lastMessage === null || lastMessage.deleted || lastMessage.actorId === userId || unread === 0) return false;
  return !isMuted(conversation) || mentions > 0;
}
