// The messages that were found: where, by whom, when, and the piece of text with what was looked for marked.
import { Link } from "react-router";
import type { SearchHit } from "../../lib/api-types";
import { fullTime, shortTime } from "../../lib/format-time";
import { messagePath } from "../../lib/search-query";
import { texts } from "../../lib/texts";
import { UserAvatar } from "../../lib/ui/avatar";
import { Icon } from "../../lib/ui/icons";
import { useNow } from "../../lib/use-now";
import styles from "./search.module.css";

export function Hits({ hits }: { hits: readonly SearchHit[] }) {
  return (
    <ol className={styles["hits"]} aria-label={texts.search.list}>
      {hits.map((hit) => (
        <li key={`${hit.conversationId} ${hit.seq}`}>
          <Hit hit={hit} />
        </li>
      ))}
    </ol>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  const { author, at, conversationName, snippet, hasFile, threadSeq } = hit;
  const now = useNow();
  return (
    <Link to={messagePath(hit)} className={styles["hit"]}>
      <UserAvatar user={author} size="small" />
      <span className={styles["words"]}>
        <span className={styles["line"]}>
          <strong dir="auto">{author.displayName}</strong>
          <span className={styles["place"]}>
            {conversationName === null ? texts.search.withPerson : texts.search.inConversation(conversationName)}
            {threadSeq !== null && ` · ${texts.search.reply}`}
          </span>
          <time dateTime={at} title={fullTime(at)}>
            {shortTime(at, now)}
          </time>
        </span>
        <span className={styles["snippet"]} dir="auto">
          {snippet.map(({ text, hit: isHit }, index) => (isHit ? <mark key={index}>{text}</mark> : text))}
          {hasFile && (
            <span className={styles["file"]}>
              <Icon name="copy" size={14} /> {texts.search.file}
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}
