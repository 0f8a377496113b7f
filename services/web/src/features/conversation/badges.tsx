// What is special about a group, and whether one hears of it.
import type { Conversation } from "../../lib/api-types";
import { isMuted } from "../../lib/conversation-summary";
import { texts } from "../../lib/texts";
import { Icon, type IconName } from "../../lib/ui/icons";
import styles from "./conversation-header.module.css";

export function Badges({ conversation }: { conversation: Conversation }) {
  const { archived, posting, slowModeSeconds } = conversation;
  return (
    <>
      {archived && <Badge icon="archive" text={texts.manage.archivedBadge} />}
      {posting === "admins" && <Badge icon="megaphone" text={texts.manage.announcementBadge} />}
      {slowModeSeconds > 0 && <Badge icon="clock" text={texts.manage.slowBadge(texts.manage.slowModes(slowModeSeconds))} />}
      {isMuted(conversation) && <Badge icon="bellOff" text={texts.attention.muted} />}
    </>
  );
}

function Badge({ icon, text }: { icon: IconName; text: string }) {
  return (
    <span className={styles["badge"]} title={text}>
      <Icon name={icon} size={14} />
      <span>{text}</span>
    </span>
  );
}
