// Says that the live line is broken, and why if the user can mend it. A short hiccup at the start is not worth a word.
import { useChatSnapshot } from "../lib/chat-context";
import type { LineStatus } from "../lib/socket";
import { texts } from "../lib/texts";
import styles from "./shell.module.css";

const meanings = (): Partial<Record<LineStatus, string>> => ({
  reconnecting: texts.line.reconnecting,
  crowded: texts.line.crowded,
});

export function LineNotice() {
  const text = meanings()[useChatSnapshot().status];
  return (
    <div role="status" aria-label={texts.line.label} className={styles["line"]}>
      {text !== undefined && (
        <span>
          <i aria-hidden="true" />
          {text}
        </span>
      )}
    </div>
  );
}
