// A message's text as it is read: Markdown, emoji large, and a long text cut short at first.
import { useMemo } from "react";
import { Markdown } from "../../lib/markdown/markdown";
import type { MentionResolver } from "../../lib/markdown/mentions";
import { beginningOf, isOnlyEmoji } from "../../lib/message-text";
import { texts } from "../../lib/texts";
import { classNames } from "../../lib/ui/class-names";
import styles from "./message-body.module.css";

interface MessageBodyProps {
  text: string;
  mentions: MentionResolver;
  /** Of what is inside: in the tab order only if its message is the one that the tab key stops at. */
  tabIndex: 0 | -1;
  /** A long text is shown whole. */
  whole: boolean;
  onWhole: (whole: boolean) => void;
}

export function MessageBody({ text, mentions, tabIndex, whole, onWhole }: MessageBodyProps) {
  const beginning = useMemo(() => beginningOf(text), [text]);
  return (
    <>
      <div className={classNames(isOnlyEmoji(text) && styles["emoji"])} data-testid="message-body">
        <Markdown text={whole ? text : (beginning ?? text)} mentions={mentions} tabIndex={tabIndex} />
      </div>
      {beginning !== null && (
        <button type="button" className={styles["more"]} tabIndex={tabIndex} aria-expanded={whole} onClick={() => onWhole(!whole)}>
          {whole ? texts.messages.less : texts.messages.more}
        </button>
      )}
    </>
  );
}
