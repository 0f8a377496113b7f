// Says that the live line is broken. A short hiccup at the start is not worth a word.
import { useChatSnapshot } from "../lib/chat-context";
import styles from "./shell.module.css";

export function LineNotice() {
  const { status } = useChatSnapshot();
  return (
    <div role="status" aria-label="Connection" className={styles["line"]}>
      {status === "reconnecting" && (
        <span>
          <i aria-hidden="true" />
          Reconnecting…
        </span>
      )}
    </div>
  );
}
