// One line of the switcher: a conversation, or a person to begin one with.
import { useEffect, useRef } from "react";
import { conversationTitle } from "../../lib/conversation-summary";
import { texts } from "../../lib/texts";
import { ConversationAvatar, UserAvatar } from "../../lib/ui/avatar";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import type { Choice } from "./switcher-dialog";
import styles from "./switcher.module.css";

interface SwitcherOptionProps {
  id: string;
  choice: Choice;
  selected: boolean;
  onChoose: () => void;
}

export function SwitcherOption({ id, choice, selected, onChoose }: SwitcherOptionProps) {
  const item = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (selected) item.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const { sign, title, detail, unread } = drawn(choice);
  return (
    // The keys go to the field above, which says by aria-activedescendant where one is.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div ref={item} id={id} role="option" aria-selected={selected} tabIndex={-1} className={classNames(styles["option"], selected && styles["chosen"])} onClick={onChoose}>
      {sign}
      <span className={styles["title"]} dir="auto">
        {title}
      </span>
      <span className={styles["detail"]}>{detail}</span>
      {unread > 0 && (
        <span className={styles["badge"]}>
          {unread > 99 ? "99+" : unread}
          <span className="visually-hidden">{` ${texts.sidebar.unread}`}</span>
        </span>
      )}
    </div>
  );
}

function drawn(choice: Choice) {
  if (choice.kind === "command") {
    const { icon, title } = choice.command;
    const sign = (
      <span className={styles["icon"]}>
        <Icon name={icon} />
      </span>
    );
    return { sign, title, detail: "", unread: 0 };
  }
  if (choice.kind === "person") {
    const { displayName, username } = choice.user;
    return { sign: <UserAvatar user={choice.user} size="small" />, title: displayName, detail: texts.switcher.person(username), unread: 0 };
  }
  const { conversation, unread } = choice;
  const [receiver] = conversation.receivers;
  const title = conversationTitle(conversation);
  return {
    sign: <ConversationAvatar conversation={conversation} title={title} size="small" />,
    title,
    detail: receiver === undefined ? "" : texts.person.handle(receiver.username),
    unread,
  };
}
