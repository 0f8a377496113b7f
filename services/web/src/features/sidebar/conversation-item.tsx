// One conversation in the sidebar: whose it is, who is there or writes, what was said last, and how much is new.
import { Link } from "react-router";
import type { Presence, User } from "../../lib/api-types";
import { conversationTitle, isMuted, type ConversationSummary } from "../../lib/conversation-summary";
import { fullTime, shortTime } from "../../lib/format-time";
import { presenceText } from "../../lib/presence-text";
import { texts } from "../../lib/texts";
import { ConversationAvatar } from "../../lib/ui/avatar";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import { Preview } from "./preview";
import styles from "./sidebar.module.css";

interface ConversationItemProps {
  summary: ConversationSummary;
  selected: boolean;
  userId: string;
  people: ReadonlyMap<string, User>;
  /** Of the other person of a direct conversation. */
  presence: Presence | undefined;
  now: Date;
}

export function ConversationItem({ summary, selected, userId, people, presence, now }: ConversationItemProps) {
  const { conversation, lastMessage, unread, mentions } = summary;
  const title = conversationTitle(conversation);
  const [receiver] = conversation.receivers;
  const isNew = unread > 0 && !selected;
  const muted = isMuted(conversation, now);
  const there = presence?.state === "offline" ? null : presenceText(presence, now);
  return (
    <li>
      <Link
        to={`/c/${conversation.id}`}
        aria-current={selected ? "page" : undefined}
        className={classNames(styles["item"], isNew && styles["fresh"], muted && styles["muted"])}
      >
        <ConversationAvatar conversation={conversation} title={title} presence={presence?.state} />
        <span className={styles["words"]}>
          <span className={styles["line"]}>
            <span className={styles["name"]}>
              {title}
              {receiver !== undefined && <small>{texts.person.handle(receiver.username)}</small>}
              {there !== null && <span className="visually-hidden">{`, ${there}`}</span>}
            </span>
            {muted && (
              <span className={styles["mark"]} title={texts.attention.muted}>
                <Icon name="bellOff" size={14} />
                <span className="visually-hidden">{texts.attention.muted}</span>
              </span>
            )}
            {lastMessage !== null && (
              <time dateTime={lastMessage.at} title={fullTime(lastMessage.at)}>
                {shortTime(lastMessage.at, now)}
              </time>
            )}
          </span>
          <span className={styles["line"]}>
            <Preview summary={summary} selected={selected} userId={userId} people={people} />
            {isNew && mentions > 0 && (
              <span className={styles["badge"]} title={texts.attention.mentioned(mentions)}>
                <span aria-hidden="true">{"@"}</span>
                <span className="visually-hidden">{` ${texts.attention.mentioned(mentions)},`}</span>
              </span>
            )}
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
