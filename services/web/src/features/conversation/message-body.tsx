// A message's text as it is read: code as code, links to follow, emoji large, and a long text cut short at first.
import { useMemo } from "react";
import { beginningOf, blocksOf, isOnlyEmoji, type Block, type Part } from "../../lib/message-text";
import { texts } from "../../lib/texts";
import { classNames } from "../../lib/ui/class-names";
import { CopyButton } from "./copy-button";
import styles from "./message-body.module.css";

interface MessageBodyProps {
  text: string;
  /** Of what is inside: in the tab order only if its message is the one that the tab key stops at. */
  tabIndex: 0 | -1;
  /** A long text is shown whole. */
  whole: boolean;
  onWhole: (whole: boolean) => void;
}

export function MessageBody({ text, tabIndex, whole, onWhole }: MessageBodyProps) {
  const beginning = useMemo(() => beginningOf(text), [text]);
  const shown = whole ? text : (beginning ?? text);
  const blocks = useMemo(() => blocksOf(shown), [shown]);
  return (
    <>
      <div className={classNames(styles["text"], isOnlyEmoji(text) && styles["emoji"])} data-testid="message-body">
        {blocks.map((block, index) => (
          <OneBlock key={index} block={block} tabIndex={tabIndex} />
        ))}
      </div>
      {beginning !== null && (
        <button type="button" className={styles["more"]} tabIndex={tabIndex} aria-expanded={whole} onClick={() => onWhole(!whole)}>
          {whole ? texts.messages.less : texts.messages.more}
        </button>
      )}
    </>
  );
}

function OneBlock({ block, tabIndex }: { block: Block; tabIndex: 0 | -1 }) {
  if (block.kind === "text") return block.parts.map((part, index) => <OnePart key={index} part={part} tabIndex={tabIndex} />);
  const { language, text } = block;
  const label = language === "" ? texts.messages.code : texts.messages.codeLanguage(language);
  return (
    <figure className={styles["code"]} aria-label={label}>
      <figcaption>
        <span>{language}</span>
        <CopyButton text={text} label={texts.messages.copyCode} tabIndex={tabIndex} className={styles["copy"]} />
      </figcaption>
      {/* Wide code scrolls sideways, and what scrolls has to be reachable by keyboard. */}
      { }
      <pre tabIndex={tabIndex} dir="ltr">
        <code>{text}</code>
      </pre>
    </figure>
  );
}

function OnePart({ part, tabIndex }: { part: Part; tabIndex: 0 | -1 }) {
  if (part.kind === "plain") return part.text;
  if (part.kind === "code") return <code className={styles["inline"]}>{part.text}</code>;
  return (
    <a href={part.href} tabIndex={tabIndex} target="_blank" rel="noopener noreferrer nofollow">
      {part.text}
    </a>
  );
}
