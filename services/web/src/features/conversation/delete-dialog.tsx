// Asks before a message is gone for everybody.
import { useRef } from "react";
import type { Message } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { oneLine } from "../../lib/message-text";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import styles from "./dialogs.module.css";

interface DeleteDialogProps {
  conversationId: string;
  message: Message;
  onClose: () => void;
}

export function DeleteDialog({ conversationId, message, onClose }: DeleteDialogProps) {
  const chat = useChat();
  const once = useRef(false);
  function remove() {
    if (once.current) return;
    once.current = true;
    chat.change(conversationId, message.seq, { kind: "delete" });
    onClose();
  }
  return (
    <Dialog title={texts.actions.deleteTitle} description={texts.actions.deleteText} open onOpenChange={onClose}>
      {message.body !== "" && <blockquote className={styles["quoted"]}>{oneLine(message.body)}</blockquote>}
      <div className={styles["actions"]}>
        <Button look="quiet" onClick={onClose}>
          {texts.actions.keep}
        </Button>
        <Button look="danger" onClick={remove}>
          {texts.actions.deleteYes}
        </Button>
      </div>
    </Dialog>
  );
}
