// One message: who said it, when, what, and, for an own one on its way, how far it got.
import { useMemo } from "react";
import type { User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { clockTime, fullTime } from "../../lib/format-time";
import type { Pending } from "../../lib/outbox";
import { Avatar } from "../../lib/ui/avatar";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import type { ShownMessage } from "./conversation-layout";
import styles from "./message-item.module.css";

interface MessageItemProps {
  message: ShownMessage;
  author: User | undefined;
  own: boolean;
  /** First and last of a group of one author. */
  opens: boolean;
  closes: boolean;
}

export function MessageItem({ message, author, own, opens, closes }: MessageItemProps) {
  const { pending, at } = message;
  const name = own ? "You" : (author?.displayName ?? "…");
  const look = classNames(
    styles["item"],
    own && styles["own"],
    opens && styles["opens"],
    closes && styles["closes"],
    pending?.state === "sending" && styles["sending"],
    pending?.state === "failed" && styles["failed"],
  );
  return (
    <li className={look}>
      {opens && !own && (
        <span className={styles["avatar"]}>
          <Avatar id={message.authorId} name={name} size="small" />
        </span>
      )}
      <p className={classNames(styles["head"], !opens && "visually-hidden")}>
        <span className={own ? "visually-hidden" : styles["author"]}>{name}</span>
        {pending === null && <time dateTime={at}>{clockTime(at)}</time>}
      </p>
      <div className={styles["bubble"]} data-testid="message-body" title={fullTime(at)}>
        <Body text={message.body} />
      </div>
      {pending !== null && (closes || pending.state === "failed") && <Progress pending={pending} />}
    </li>
  );
}

function Progress({ pending }: { pending: Pending }) {
  const chat = useChat();
  if (pending.state === "sending") return <p className={styles["progress"]}>Sending…</p>;
  return (
    <p className={styles["problem"]} role="alert">
      <Icon name="alert" size={16} />
      <span>Not sent. {pending.reason}</span>
      <span className={styles["choices"]}>
        <button type="button" onClick={() => chat.retry(pending.clientId)}>
          Retry
        </button>
        <button type="button" onClick={() => chat.discard(pending.clientId)}>
          Discard
        </button>
      </span>
    </p>
  );
}

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?')\]}])/;

/** Plain text with its links; everything else stays as it was typed. */
function Body({ text }: { text: string }) {
  const parts = useMemo(() => text.split(LINK), [text]);
  return parts.map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} target="_blank" rel="noreferrer noopener">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
