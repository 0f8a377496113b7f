// How many replied under a message, and when last; it opens the thread.
import type { Message } from "../../lib/api-types";
import { agoTime } from "../../lib/format-time";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import { useNow } from "../../lib/use-now";
import { useDesk } from "./desk";
import styles from "./message-item.module.css";

export function ThreadSummary({ message, tabIndex }: { message: Message; tabIndex: 0 | -1 }) {
  const desk = useDesk();
  const now = useNow();
  if (message.replies === null || message.replies.count === 0) return null;
  const { count, lastAt } = message.replies;
  return (
    <button type="button" className={styles["thread"]} tabIndex={tabIndex} onClick={() => desk.openThread(message.seq)}>
      <Icon name="thread" size={15} />
      <span className="visually-hidden">{texts.marks.openThread}</span>
      <b>{texts.marks.replies(count)}</b>
      <span>{texts.marks.lastReply(agoTime(lastAt, now))}</span>
    </button>
  );
}
