// One line of the switcher: a conversation, or a person to begin one with.
import { useEffect, useRef } from "react";
import { conversationTitle } from "../../lib/conversation-summary";
import { texts } from "../../lib/texts";
import { Avatar } from "../../lib/ui/avatar";
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
  const { iconId, title, detail, shape, unread } = drawn(choice);
  const icon = choice.kind === "command" ? choice.command.icon : null;
  return (
    // The keys go to the field above, which says by aria-activedescendant where one is.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div ref={item} id={id} role="option" aria-selected={selected} tabIndex={-1} className={classNames(styles["option"], selected && styles["chosen"])} onClick={onChoose}>
      {icon === null ? (
        <Avatar id={iconId} name={title} shape={shape} size="small" />
      ) : (
        <span className={styles["icon"]}>
          <Icon name={icon} />
        </span>
      )}
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
  if (choice.kind === "command") return { iconId: choice.command.id, title: choice.command.title, detail: "", shape: "group", unread: 0 } as const;
  if (choice.kind === "person") {
    const { id, displayName, username } = choice.user;
    return { iconId: id, title: displayName, detail: texts.switcher.person(username), shape: "person", unread: 0 } as const;
  }
  const { conversation, unread } = choice;
  const [receiver] = conversation.receivers;
  return {
    iconId: receiver?.id ?? conversation.id,
    title: conversationTitle(conversation),
    detail: receiver === undefined ? "" : texts.person.handle(receiver.username),
    shape: conversation.kind === "direct" ? "person" : "group",
    unread,
  } as const;
}
