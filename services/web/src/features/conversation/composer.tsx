// Where one writes. Enter sends, Shift+Enter begins a new line; what is unsent stays with its conversation.
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { useChat } from "../../lib/chat-context";
import { texts } from "../../lib/texts";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import styles from "./composer.module.css";

/** The server's default limit of one message, in bytes of UTF-8. */
const LIMIT_BYTES = 16 * 1024;
/** The rest is shown from here on. */
const WARN_BYTES = 1_500;

export interface ComposerHandle {
  focus: () => void;
  /** Takes a text back in to be changed, above what stands there already. */
  edit: (text: string) => void;
}

export function Composer({ conversationId, title, ref }: { conversationId: string; title: string; ref: Ref<ComposerHandle> }) {
  const chat = useChat();
  const [text, setText] = useState(() => chat.drafts.get(conversationId) ?? "");
  const input = useRef<HTMLTextAreaElement>(null);
  // Spaces at the start may be the indentation of code.
  const body = text.replace(/^(\s*\n)+/, "").trimEnd();
  const left = LIMIT_BYTES - new TextEncoder().encode(body).length;
  const ready = body !== "" && left >= 0;

  function change(next: string) {
    chat.drafts.set(conversationId, next);
    setText(next);
  }
  function send() {
    if (!ready) return;
    chat.post(conversationId, body);
    change("");
    input.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus(),
    edit: (earlier) => {
      change(text.trim() === "" ? earlier : `${earlier}\n${text}`);
      input.current?.focus();
    },
  }));
  // Whoever opens a conversation wants to write; but on a phone the keyboard would cover what is there to read.
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) input.current?.focus();
  }, []);

  return (
    <form
      className={styles["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles["box"]}>
        <div className={styles["text"]} data-text={text}>
          <textarea
            ref={input}
            rows={1}
            dir="auto"
            enterKeyHint="send"
            aria-label={texts.composer.label}
            aria-describedby="composer-rest"
            aria-invalid={left < 0}
            placeholder={texts.composer.placeholder(title)}
            value={text}
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <button type="submit" aria-label={texts.composer.send} title={texts.composer.send} disabled={!ready} className={styles["send"]}>
          <Icon name="send" />
        </button>
      </div>
      <p id="composer-rest" role="status" className={classNames(styles["rest"], left < 0 && styles["over"])}>
        {left < 0 ? texts.composer.tooLong(-left) : left < WARN_BYTES ? texts.composer.left(left) : ""}
      </p>
    </form>
  );
}
