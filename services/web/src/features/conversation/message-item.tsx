// One message: who said it, when, what, and, for an own one on its way, how far it got.
import type { User } from "../../lib/api-types";
import { clockTime, fullTime } from "../../lib/format-time";
import { isOnlyEmoji, oneLine } from "../../lib/message-text";
import type { Pending } from "../../lib/outbox";
import { texts } from "../../lib/texts";
import { Avatar } from "../../lib/ui/avatar";
import { classNames } from "../../lib/ui/class-names";
import type { ShownMessage } from "./conversation-layout";
import { CopyButton } from "./copy-button";
import { MessageBody } from "./message-body";
import styles from "./message-item.module.css";
import { MessageProgress } from "./message-progress";

interface MessageItemProps {
  message: ShownMessage;
  /** Its row in the list. */
  index: number;
  author: User | undefined;
  own: boolean;
  /** First and last of a group of one author. */
  opens: boolean;
  closes: boolean;
  stop: boolean;
  whole: boolean;
  onWhole: (whole: boolean) => void;
  onFocus: (key: string) => void;
  onEdit: (pending: Pending) => void;
}

export function MessageItem({ message, index, author, own, opens, closes, stop, whole, onWhole, onFocus, onEdit }: MessageItemProps) {
  const { key, pending, at, body } = message;
  const name = own ? texts.messages.you : (author?.displayName ?? texts.messages.unknown);
  const tabIndex = stop ? 0 : -1;
  const look = classNames(
    styles["item"],
    own && styles["own"],
    opens && styles["opens"],
    closes && styles["closes"],
    isOnlyEmoji(body) && styles["bare"],
    pending?.state === "sending" && styles["sending"],
    pending?.state === "failed" && styles["failed"],
  );
  return (
    // The arrow keys go from message to message, so that each can be read and copied without a mouse.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article className={look} data-key={key} data-index={index} tabIndex={tabIndex} onFocus={() => onFocus(key)} aria-label={texts.messages.label(name, fullTime(at), oneLine(body))}>
      {opens && !own && (
        <span className={styles["avatar"]}>
          <Avatar id={message.authorId} name={name} size="small" />
        </span>
      )}
      {opens && (
        <p className={styles["head"]}>
          <span className={own ? "visually-hidden" : styles["author"]}>{name}</span>
          {pending === null && <Time at={at} />}
        </p>
      )}
      <div className={styles["speech"]}>
        <div className={styles["bubble"]}>
          <MessageBody text={body} tabIndex={tabIndex} whole={whole} onWhole={onWhole} />
        </div>
        <div className={styles["tools"]}>
          {!opens && pending === null && <Time at={at} />}
          <CopyButton text={body} label={texts.messages.copy} tabIndex={tabIndex} />
        </div>
      </div>
      {pending !== null && (closes || pending.state === "failed") && <MessageProgress pending={pending} onEdit={onEdit} />}
    </article>
  );
}

function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {clockTime(at)}
    </time>
  );
}
