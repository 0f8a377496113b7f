// Where one writes, in a conversation or a thread. Enter sends, Shift+Enter begins a new line; what is unsent, with its
// files and the message it answers, stays with its place.
import { useEffect, useImperativeHandle, useRef, type ClipboardEvent, type KeyboardEvent, type Ref } from "react";
import { useChat } from "../../lib/chat-context";
import { EmojiPicker } from "../../lib/emoji/emoji-picker";
import type { Pending } from "../../lib/outbox";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import { useTray } from "../../lib/use-tray";
import { WritingField, type WritingHandle } from "../../lib/writing/writing-field";
import styles from "./composer.module.css";
import { ComposerTray } from "./composer-tray";
import { ReplyBar } from "./reply-bar";
import { useDraft } from "./use-draft";
import { useNaming } from "./use-naming";

/** The server's default limit of one message, in bytes of UTF-8. */
const LIMIT_BYTES = 16 * 1024;
/** The rest is shown from here on. */
const WARN_BYTES = 1_500;

export interface ComposerHandle {
  focus: () => void;
  /** Takes a message that was not sent back in to be changed, above what stands there already. */
  edit: (message: Pending) => void;
  attach: (files: readonly File[]) => void;
}

interface ComposerProps {
  conversationId: string;
  threadSeq: number | null;
  label: string;
  placeholder: string;
  /** The message that is answered. */
  replyTo: number | null;
  onReply: (seq: number | null) => void;
  /** The last own message is to be changed. False if there is none. */
  onEditLast: () => boolean;
  ref: Ref<ComposerHandle>;
}

export function Composer({ conversationId, threadSeq, label, placeholder, replyTo, onReply, onEditLast, ref }: ComposerProps) {
  const chat = useChat();
  const place = placeOf(conversationId, threadSeq);
  const files = useTray(place);
  const [text, setText] = useDraft(conversationId, threadSeq);
  const input = useRef<WritingHandle>(null);
  const naming = useNaming(conversationId);
  const picker = useRef<HTMLInputElement>(null);
  // Spaces at the start may be the indentation of code.
  const body = text.replace(/^(\s*\n)+/, "").trimEnd();
  const left = LIMIT_BYTES - new TextEncoder().encode(body).length;
  const unfinished = files.find((file) => file.state !== "done");
  const ready = (body !== "" || files.length > 0) && unfinished === undefined && left >= 0;

  function change(next: string) {
    setText(next);
    if (next !== "") chat.attention.typing.wrote(conversationId, threadSeq);
  }
  function send() {
    if (!ready) return;
    chat.post(conversationId, { body, threadSeq, replyTo, attachments: chat.trays.take(place) });
    change("");
    onReply(null);
    input.current?.focus();
  }
  function attach(added: readonly File[]) {
    const refused = added.length === 0 ? null : chat.trays.add(place, added);
    if (refused !== null) showToast(refused, { look: "problem" });
    input.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" && replyTo !== null) {
      event.preventDefault();
      onReply(null);
    }
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "ArrowUp" && plain && text === "" && onEditLast()) event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  }
  function onPaste(event: ClipboardEvent) {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    attach(pasted);
  }

  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus(),
    attach,
    edit: (earlier) => {
      change(text.trim() === "" ? earlier.body : `${earlier.body}\n${text}`);
      chat.trays.putBack(place, earlier.attachments);
      if (earlier.replyTo !== null) onReply(earlier.replyTo);
      input.current?.focus();
    },
  }));
  // Whoever opens a conversation wants to write; but on a phone the keyboard would cover what is there to read.
  // It also comes when one gets the right to write, perhaps while one is in a menu, which would close.
  useEffect(() => {
    const inMenu = document.activeElement?.closest("[role=menu]") != null;
    if (window.matchMedia("(pointer: fine)").matches && !inMenu) input.current?.focus();
  }, []);
  useEffect(() => {
    if (replyTo !== null) input.current?.focus();
  }, [replyTo]);

  const rest = left < 0 ? texts.composer.tooLong(-left) : left < WARN_BYTES ? texts.composer.left(left) : "";
  const waits = unfinished === undefined ? "" : unfinished.state === "failed" || unfinished.state === "lost" ? texts.files.trouble : texts.files.pending;
  const hint = `composer-rest-${threadSeq ?? 0}`;
  return (
    <form
      className={styles["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={styles["box"]}>
        {replyTo !== null && <ReplyBar conversationId={conversationId} seq={replyTo} onCancel={() => onReply(null)} />}
        {files.length > 0 && <ComposerTray place={place} files={files} />}
        <div className={styles["line"]}>
          <button type="button" className={styles["attach"]} aria-label={texts.files.attach} title={texts.files.attach} onClick={() => picker.current?.click()}>
            <Icon name="clip" />
          </button>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={texts.files.attach}
            onChange={(event) => {
              attach([...(event.target.files ?? [])]);
              event.target.value = ""; // the same file may be chosen again
            }}
          />
          <div className={styles["text"]} data-text={text}>
            <WritingField
              ref={input}
              {...naming}
              rows={1}
              dir="auto"
              enterKeyHint="send"
              aria-label={label}
              aria-describedby={hint}
              aria-invalid={left < 0}
              placeholder={placeholder}
              value={text}
              onValue={change}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
            />
          </div>
          <EmojiPicker onPick={(emoji) => input.current?.insert(emoji)} onClosed={() => input.current?.focus()}>
            <button type="button" className={styles["attach"]} aria-label={texts.emoji.pick} title={texts.emoji.pick}>
              <Icon name="smile" />
            </button>
          </EmojiPicker>
          <button type="submit" aria-label={texts.composer.send} title={texts.composer.send} disabled={!ready} className={styles["send"]}>
            <Icon name="send" />
          </button>
        </div>
      </div>
      <p id={hint} role="status" className={classNames(styles["rest"], left < 0 && styles["over"])}>
        {rest === "" ? waits : rest}
      </p>
    </form>
  );
}

/** What is unsent is kept under this. */
function placeOf(conversationId: string, threadSeq: number | null): string {
  return threadSeq === null ? conversationId : `${conversationId} ${threadSeq}`;
}
