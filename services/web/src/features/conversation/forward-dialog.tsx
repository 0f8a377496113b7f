// Where a message is to be forwarded to: one or several conversations that one may write in.
import { useState } from "react";
import type { Message } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { mayWrite } from "../../lib/message-rights";
import { oneLine } from "../../lib/message-text";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { ConversationAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { useSummaries } from "../../lib/use-conversations";
import styles from "./dialogs.module.css";

interface ForwardDialogProps {
  conversationId: string;
  message: Message;
  onClose: () => void;
}

export function ForwardDialog({ conversationId, message, onClose }: ForwardDialogProps) {
  const chat = useChat();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const all = useSummaries()
    .map(({ conversation }) => ({ conversation, title: conversationTitle(conversation) }))
    .filter(({ conversation }) => mayWrite(conversation));
  const words = text.trim().toLocaleLowerCase();
  const fitting = all.filter(({ title }) => title.toLocaleLowerCase().includes(words));

  function choose(id: string, is: boolean) {
    const next = new Set(chosen);
    if (is) next.add(id);
    else next.delete(id);
    setChosen(next);
  }
  function forward() {
    const { body, attachments } = message;
    for (const id of chosen) chat.post(id, { body, attachments, forward: { conversationId, seq: message.seq } });
    showToast(texts.actions.forwarded(chosen.size));
    onClose();
  }
  return (
    <Dialog title={texts.actions.forwardTitle} description={texts.actions.forwardText} open onOpenChange={onClose}>
      <blockquote className={styles["quoted"]}>{oneLine(message.body) || message.attachments.map((file) => file.name).join(", ")}</blockquote>
      <input
        className={styles["search"]}
        type="search"
        aria-label={texts.actions.forwardSearch}
        placeholder={texts.actions.forwardSearch}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className={styles["choices"]} aria-label={texts.actions.forwardList}>
        {fitting.map(({ conversation, title }) => (
          <li key={conversation.id}>
            <label className={styles["choice"]}>
              <input type="checkbox" checked={chosen.has(conversation.id)} onChange={(event) => choose(conversation.id, event.target.checked)} />
              <ConversationAvatar conversation={conversation} title={title} size="small" />
              <span dir="auto">{title}</span>
            </label>
          </li>
        ))}
      </ul>
      {fitting.length === 0 && <p>{texts.actions.forwardNone}</p>}
      <div className={styles["actions"]}>
        <Button look="quiet" onClick={onClose}>
          {texts.cancel}
        </Button>
        <Button disabled={chosen.size === 0} onClick={forward}>
          {texts.actions.forwardTo(chosen.size)}
        </Button>
      </div>
    </Dialog>
  );
}
