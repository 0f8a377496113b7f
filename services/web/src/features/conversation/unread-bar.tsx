// Says how much is new above the screen, and goes to where it begins.
import { useState } from "react";
import type { Conversation } from "../../lib/api-types";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import type { MessageSource } from "./message-source";
import styles from "./message-list.module.css";

interface UnreadBarProps {
  conversation: Conversation;
  source: MessageSource;
  readBefore: number | null;
  /** `readSeq` is the last message that was read. */
  onJump: (readSeq: number) => void;
}

/** Fewer than these are on the screen anyhow. */
const MANY = 12;

export function UnreadBar({ conversation, source, readBefore, onJump }: UnreadBarProps) {
  // As they were when the conversation was opened.
  const [{ readSeq, count }] = useState(() => ({
    readSeq: conversation.readSeq,
    count: readBefore === null ? 0 : (source.messages.at(-1)?.messageNo ?? 0) - readBefore,
  }));
  if (count < MANY) return null;
  return (
    <button
      type="button"
      className={styles["unread"]}
      onClick={() => onJump(readSeq)}
    >
      <Icon name="up" size={16} />
      {texts.jump.unread(count)}
    </button>
  );
}
