// One row of the list: the line of a day, the line above what is new, or a message.
import type { User } from "../../lib/api-types";
import { dayName } from "../../lib/format-time";
import type { Pending } from "../../lib/outbox";
import { texts } from "../../lib/texts";
import type { Row } from "./conversation-layout";
import { MessageItem } from "./message-item";
import styles from "./message-list.module.css";

interface MessageRowProps {
  row: Row;
  /** Its place in the list. */
  index: number;
  userId: string;
  author: User | undefined;
  /** The tab key comes to this one. */
  stop: boolean;
  whole: boolean;
  onWhole: (whole: boolean) => void;
  onFocus: (key: string) => void;
  onEdit: (pending: Pending) => void;
}

export function MessageRow({ row, userId, ...rest }: MessageRowProps) {
  if (row.kind === "day") {
    return (
      <div className={styles["day"]}>
        <time dateTime={row.at.slice(0, 10)}>{dayName(row.at)}</time>
      </div>
    );
  }
  if (row.kind === "new") return <div className={styles["new"]}>{texts.messages.fresh}</div>;
  const { message, opens, closes } = row;
  return <MessageItem {...rest} message={message} own={message.authorId === userId} opens={opens} closes={closes} />;
}
