// Whose conversation this is, and what one can do with it.
import { Link } from "react-router";
import type { Conversation } from "../../lib/api-types";
import { conversationTitle } from "../../lib/conversation-summary";
import { usePlaceInTitle } from "../../lib/page-title";
import { texts } from "../../lib/texts";
import { Avatar } from "../../lib/ui/avatar";
import { IconButton } from "../../lib/ui/button";
import { Icon } from "../../lib/ui/icons";
import { Menu, type MenuItem } from "../../lib/ui/menu";
import styles from "./conversation-view.module.css";

interface ConversationHeaderProps {
  conversation: Conversation;
  onMembers: () => void;
  onLeave: () => void;
}

export function ConversationHeader({ conversation, onMembers, onLeave }: ConversationHeaderProps) {
  const title = conversationTitle(conversation);
  usePlaceInTitle(title);
  const [receiver] = conversation.receivers;
  const members: MenuItem = { label: texts.conversation.members, icon: "group", onSelect: onMembers };
  const leave: MenuItem = { label: texts.conversation.leave, icon: "leave", onSelect: onLeave };
  return (
    <header className={styles["header"]}>
      <Link to="/" className={styles["back"]} aria-label={texts.conversation.back}>
        <Icon name="back" />
      </Link>
      <Avatar id={receiver?.id ?? conversation.id} name={title} shape={conversation.kind === "direct" ? "person" : "group"} />
      <div className={styles["heading"]}>
        <h1 dir="auto">{title}</h1>
        <p>{subtitle(conversation)}</p>
      </div>
      {conversation.kind === "group" && (
        <Menu items={conversation.role === null ? [members] : [members, leave]}>
          <IconButton icon="more" label={texts.conversation.menu} />
        </Menu>
      )}
    </header>
  );
}

function subtitle({ kind, visibility, receivers }: Conversation): string {
  if (kind === "direct") return receivers.map((user) => texts.person.handle(user.username)).join(", ");
  return visibility === "public" ? texts.conversation.openGroup : texts.conversation.privateGroup;
}
