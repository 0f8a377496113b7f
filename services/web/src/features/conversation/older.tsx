// Stands above the first message and asks for older ones when it comes near the screen.
import { useEffect, useRef, type RefObject } from "react";
import { useChat } from "../../lib/chat-context";
import type { FeedState } from "../../lib/conversation-feed";
import type { ConversationLog } from "../../lib/conversation-log";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Waiting } from "../../lib/ui/notice";
import styles from "./message-list.module.css";

interface OlderProps {
  id: string;
  log: ConversationLog;
  feed: FeedState;
  scroller: RefObject<HTMLDivElement | null>;
}

/** The same height whatever is inside, so that what is below keeps its place. The style sheet has it, too. */
export const OLDER_HEIGHT = 88;

export function Older({ id, log, feed, scroller }: OlderProps) {
  const chat = useChat();
  const mark = useRef<HTMLDivElement>(null);
  const first = log.messages[0]?.seq;
  const wanted = log.history === "partial" && feed.error === null;
  useEffect(() => {
    if (!wanted || mark.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) chat.loadOlder(id);
      },
      { root: scroller.current, rootMargin: "900px 0px 0px 0px" },
    );
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [chat, id, first, wanted, scroller]);
  return (
    <div ref={mark} className={styles["older"]}>
      {log.history === "partial" && feed.loading && <Waiting label={texts.messages.loadingOlder} />}
      {feed.error !== null && (
        <Button look="quiet" onClick={() => chat.loadOlder(id)}>
          {texts.messages.olderFailed}
        </Button>
      )}
      {log.history === "complete" && log.messages.length > 0 && <p>{texts.messages.began}</p>}
    </div>
  );
}
