// Says that the live line is broken, and why if the user can mend it. A short hiccup at the start is not worth a word.
import { useChatSnapshot } from "../lib/chat-context";
import type { LineStatus } from "../lib/socket";
import styles from "./shell.module.css";

const TEXTS: Partial<Record<LineStatus, string>> = {
  reconnecting: "Reconnecting…",
  crowded: "Confab is open in too many windows. Close one, and this one goes on.",
};

export function LineNotice() {
  const text = TEXTS[useChatSnapshot().status];
  return (
    <div role="status" aria-label="Connection" className={styles["line"]}>
      {text !== undefined && (
        <span>
          <i aria-hidden="true" />
          {text}
        </span>
      )}
    </div>
  );
}
