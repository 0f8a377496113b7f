// Says which message the one being written answers.
import { useChat } from "../../lib/chat-context";
import { oneLine } from "../../lib/message-text";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import { useMessage } from "../../lib/use-message";
import styles from "./composer.module.css";

export function ReplyBar({ conversationId, seq, onCancel }: { conversationId: string; seq: number; onCancel: () => void }) {
  const { userId } = useChat();
  const { message } = useMessage(conversationId, seq);
  const people = usePeople(message === null ? [] : [message.actorId]);
  const author = message === null ? texts.messages.unknown : message.actorId === userId ? texts.messages.you : (people.get(message.actorId)?.displayName ?? texts.messages.unknown);
  return (
    <div className={styles["reply"]}>
      <Icon name="reply" size={16} />
      <p>
        <strong>{texts.replyBar.to(author)}</strong>
        <span dir="auto">{message === null ? texts.marks.quoteLoading : oneLine(message.body) || message.attachments.map((file) => file.name).join(", ")}</span>
      </p>
      <button type="button" aria-label={texts.replyBar.cancel} title={texts.replyBar.cancel} onClick={onCancel}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
