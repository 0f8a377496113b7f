// What stands below the messages: the composer, or why there is none.
import type { ReactNode } from "react";
import type { Conversation } from "../../lib/api-types";
import type { ConversationLog } from "../../lib/conversation-log";
import { conversationTitle } from "../../lib/conversation-summary";
import { isAdmin, writingRight } from "../../lib/rights";
import { texts } from "../../lib/texts";
import { Icon, type IconName } from "../../lib/ui/icons";
import styles from "./foot.module.css";
import { JoinBar } from "./join-bar";
import { useSlowMode } from "./use-slow-mode";

interface FootProps {
  conversation: Conversation;
  log: ConversationLog | null;
  /** The composer. */
  children: ReactNode;
}

const ICONS = { archived: "archive", announcement: "megaphone", reader: "eye" } as const satisfies Record<string, IconName>;

export function Foot({ conversation, log, children }: FootProps) {
  const right = writingRight(conversation);
  const wait = useSlowMode(isAdmin(conversation) ? 0 : conversation.slowModeSeconds, log);
  if (right === "join") return <JoinBar conversationId={conversation.id} title={conversationTitle(conversation)} />;
  if (right !== "may") {
    return (
      <p className={styles["closed"]} role="note">
        <Icon name={ICONS[right]} size={18} />
        {texts.readOnly[right]}
      </p>
    );
  }
  return (
    <>
      {wait > 0 && (
        <p className={styles["slow"]} role="timer">
          <Icon name="clock" size={16} />
          {texts.readOnly.slow(wait)}
        </p>
      )}
      {children}
    </>
  );
}
