// How far an own message got. What nobody answered can be sent again; what was refused for good can only be
// changed or given up.
import { useChat } from "../../lib/chat-context";
import type { Pending } from "../../lib/outbox";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Icon } from "../../lib/ui/icons";
import styles from "./message-item.module.css";

export function MessageProgress({ pending, onEdit }: { pending: Pending; onEdit: (pending: Pending) => void }) {
  const chat = useChat();
  if (pending.state === "sending") return <p className={styles["progress"]}>{texts.messages.sending}</p>;
  function discard() {
    chat.discard(pending.clientId);
    showToast(texts.messages.discarded, { action: { label: texts.messages.undo, run: () => chat.restore(pending) } });
  }
  return (
    <div className={styles["problem"]} role="alert">
      <Icon name="alert" size={16} />
      <span>{texts.messages.notSent(pending.reason ?? "")}</span>
      <span className={styles["choices"]}>
        {pending.final ? (
          <button type="button" onClick={() => onEdit(pending)}>
            {texts.messages.edit}
          </button>
        ) : (
          <button type="button" onClick={() => chat.retry(pending.clientId)}>
            {texts.messages.retry}
          </button>
        )}
        <button type="button" onClick={discard}>
          {texts.messages.discard}
        </button>
      </span>
    </div>
  );
}
