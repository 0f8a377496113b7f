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
  people: ReadonlyMap<string, User>;
  /** The tab key comes to this one. */
  stop: boolean;
  /** One jumped here. */
  flash: boolean;
  onFlashed: () => void;
  whole: boolean;
  onWhole: (whole: boolean) => void;
  onFocus: (key: string) => void;
  onEdit: (pending: Pending) => void;
}

export function MessageRow({ row, ...rest }: MessageRowProps) {
  if (row.kind === "day") {
    return (
      <div className={styles["day"]}>
        <time dateTime={row.at.slice(0, 10)}>{dayName(row.at)}</time>
      </div>
    );
  }
  if (row.kind === "new") return <div className={styles["new"]}>{texts.messages.fresh}</div>;
  return <MessageItem {...rest} shown={row.shown} opens={row.opens} closes={row.closes} />;
}
