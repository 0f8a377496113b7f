// An own message's text while it is changed, in its place. Enter saves, Escape leaves it as it was.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Message } from "../../lib/api-types";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { WritingField, type WritingHandle } from "../../lib/writing/writing-field";
import { useDesk } from "./desk";
import styles from "./message-item.module.css";
import { useNaming } from "./use-naming";

export function EditField({ message }: { message: Message }) {
  const desk = useDesk();
  const [text, setText] = useState(message.body);
  const field = useRef<WritingHandle>(null);
  const naming = useNaming(desk.conversation.id);
  const body = text.trimEnd();
  const ready = body !== "" || message.attachments.length > 0;

  useEffect(() => {
    field.current?.focusEnd();
  }, []);
  function save() {
    if (!ready) return;
    if (body === message.body) desk.endEdit();
    else desk.save(message, body);
  }
  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation(); // the letters are no keys of the message
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      desk.endEdit();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  }
  return (
    <form
      className={styles["edit"]}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={styles["field"]} data-text={text}>
        <WritingField ref={field} {...naming} rows={1} dir="auto" aria-label={texts.actions.editing} aria-describedby="edit-hint" value={text} onValue={setText} onKeyDown={onKeyDown} />
      </div>
      <div className={styles["choices"]}>
        <span id="edit-hint" className={styles["hint"]}>
          {texts.actions.editHint}
        </span>
        <Button look="quiet" onClick={desk.endEdit}>
          {texts.cancel}
        </Button>
        <Button type="submit" disabled={!ready}>
          {texts.actions.save}
        </Button>
      </div>
    </form>
  );
}
