// The second line of a conversation: who writes, else what one has not sent, else what was said last.
import type { Message, User } from "../../lib/api-types";
import { useChatSnapshot } from "../../lib/chat-context";
import type { ConversationSummary } from "../../lib/conversation-summary";
import { oneLine } from "../../lib/message-text";
import { texts } from "../../lib/texts";
import { useTypingText } from "../../lib/use-typing-text";
import styles from "./sidebar.module.css";

interface PreviewProps {
  summary: ConversationSummary;
  selected: boolean;
  userId: string;
  people: ReadonlyMap<string, User>;
}

export function Preview({ summary, selected, userId, people }: PreviewProps) {
  const { conversation } = summary;
  const typing = useTypingText(conversation.id);
  const draft = useChatSnapshot().attention.drafts.get(conversation.id)?.trim() ?? "";
  if (typing !== null) return <span className={`${styles["preview"]} ${styles["live"]}`}>{conversation.kind === "direct" ? texts.attention.typing.short : typing}</span>;
  if (draft !== "" && !selected) return <span className={`${styles["preview"]} ${styles["draft"]}`}>{texts.attention.draft(oneLine(draft))}</span>;
  return <span className={styles["preview"]}>{said(summary, userId, people)}</span>;
}

function said({ conversation, lastMessage }: ConversationSummary, userId: string, people: ReadonlyMap<string, User>): string {
  if (lastMessage === null) return texts.sidebar.noMessages;
  const text = textOf(lastMessage);
  if (lastMessage.actorId === userId) return texts.sidebar.you(text);
  const author = people.get(lastMessage.actorId)?.displayName;
  return conversation.kind === "direct" || author === undefined ? text : texts.sidebar.from(author, text);
}

/** Never empty: a message may be gone, or be files only. */
export function textOf({ deleted, body, attachments }: Message): string {
  if (deleted) return texts.attention.deleted;
  const [file] = attachments;
  return body.trim() === "" && file !== undefined ? texts.attention.file(file.name) : oneLine(body);
}
