// One conversation in the sidebar: whose it is, what was said last, and how much of it is new.
import { Link } from "react-router";
import type { User } from "../../lib/api-types";
import { conversationTitle, type ConversationSummary } from "../../lib/conversation-summary";
import { fullTime, shortTime } from "../../lib/format-time";
import { oneLine } from "../../lib/message-text";
import { texts } from "../../lib/texts";
import { Avatar } from "../../lib/ui/avatar";
import { classNames } from "../../lib/ui/class-names";
import styles from "./sidebar.module.css";

interface ConversationItemProps {
  summary: ConversationSummary;
  selected: boolean;
  userId: string;
  people: ReadonlyMap<string, User>;
  now: Date;
}

export function ConversationItem({ summary, selected, userId, people, now }: ConversationItemProps) {
  const { conversation, lastMessage, unread } = summary;
  const title = conversationTitle(conversation);
  const [receiver] = conversation.receivers;
  const isNew = unread > 0 && !selected;
  return (
    <li>
      <Link
        to={`/c/${conversation.id}`}
        aria-current={selected ? "page" : undefined}
        className={classNames(styles["item"], isNew && styles["fresh"])}
      >
        <Avatar id={receiver?.id ?? conversation.id} name={title} shape={conversation.kind === "direct" ? "person" : "group"} />
        <span className={styles["words"]}>
          <span className={styles["line"]}>
            <span className={styles["name"]}>
              {title}
              {receiver !== undefined && <small>{texts.person.handle(receiver.username)}</small>}
            </span>
            {lastMessage !== null && (
              <time dateTime={lastMessage.at} title={fullTime(lastMessage.at)}>
                {shortTime(lastMessage.at, now)}
              </time>
            )}
          </span>
          <span className={styles["line"]}>
            <span className={styles["preview"]}>{preview(summary, userId, people)}</span>
            {isNew && (
              <span className={styles["badge"]}>
                {unread > 99 ? "99+" : unread}
                <span className="visually-hidden">{` ${texts.sidebar.unread}`}</span>
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

function preview({ conversation, lastMessage }: ConversationSummary, userId: string, people: ReadonlyMap<string, User>): string {
  if (lastMessage === null) return texts.sidebar.noMessages;
  const text = oneLine(lastMessage.body);
  if (lastMessage.actorId === userId) return texts.sidebar.you(text);
  const author = people.get(lastMessage.actorId)?.displayName;
  return conversation.kind === "direct" || author === undefined ? text : texts.sidebar.from(author, text);
}
