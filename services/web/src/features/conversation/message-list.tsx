// The messages of the open conversation, with older ones read when one scrolls up.
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import type { Conversation, User } from "../../lib/api-types";
import { useChat, useChatSnapshot } from "../../lib/chat-context";
import type { FeedState } from "../../lib/conversation-feed";
import type { ConversationLog } from "../../lib/conversation-log";
import { conversationTitle, summarise } from "../../lib/conversation-summary";
import { dayName } from "../../lib/format-time";
import { usePeople } from "../../lib/people";
import { Button, IconButton } from "../../lib/ui/button";
import { Notice, Waiting } from "../../lib/ui/notice";
import { Announcer } from "./announcer";
import { layOut, type Row } from "./conversation-layout";
import { MessageItem } from "./message-item";
import styles from "./message-list.module.css";
import { useReadMark } from "./use-read-mark";
import { useScrollPlace } from "./use-scroll-place";

interface MessageListProps {
  conversation: Conversation;
  log: ConversationLog;
  feed: FeedState;
}

export function MessageList({ conversation, log, feed }: MessageListProps) {
  const chat = useChat();
  const { pending, readUpTo } = useChatSnapshot();
  const id = conversation.id;
  // Where the line "New" stands is decided when the conversation is opened and stays.
  const [readBefore] = useState(() => {
    const { unread } = summarise(conversation, log, readUpTo(id));
    return unread > 0 ? log.messageNo - unread : null;
  });
  const own = useMemo(() => pending.filter((one) => one.conversationId === id), [pending, id]);
  const rows = useMemo(
    () => layOut({ messages: log.messages, pending: own, userId: chat.userId, readBefore }),
    [log.messages, own, chat.userId, readBefore],
  );
  const people = usePeople(log.messages.map((message) => message.actorId));
  const firstKey = log.messages[0] === undefined ? undefined : String(log.messages[0].seq);
  const { scroller, atEnd, onScroll, toEnd } = useScrollPlace(firstKey, rows);
  useReadMark(conversation, log.messages.at(-1), atEnd);
  useEffect(toEnd, [own.length, toEnd]);

  return (
    <div className={styles["frame"]}>
      {/* A scrolling region has to be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className={styles["scroller"]} onScroll={onScroll} tabIndex={0} role="region" aria-label="Message history">
        <Older id={id} log={log} feed={feed} scroller={scroller} />
        {rows.length === 0 && <Notice
            title="No messages yet"
            text={conversation.role === null ? "Nobody has said anything here." : `Say something to ${conversationTitle(conversation)}.`}
          />}
        <ol className={styles["messages"]} aria-label="Messages">
          {rows.map((row) => (
            <RowItem key={row.key} row={row} userId={chat.userId} people={people} />
          ))}
        </ol>
      </div>
      {!atEnd && <IconButton icon="down" label="Jump to the newest message" className={styles["jump"]} onClick={toEnd} />}
      <Announcer log={log} userId={chat.userId} people={people} />
    </div>
  );
}

function RowItem({ row, userId, people }: { row: Row; userId: string; people: ReadonlyMap<string, User> }) {
  if (row.kind === "day") return <li className={styles["day"]}>{dayName(row.at)}</li>;
  if (row.kind === "new") return <li className={styles["new"]}>New</li>;
  const { message, opens, closes } = row;
  return (
    <MessageItem
      message={message}
      author={people.get(message.authorId)}
      own={message.authorId === userId}
      opens={opens}
      closes={closes}
    />
  );
}

interface OlderProps {
  id: string;
  log: ConversationLog;
  feed: FeedState;
  scroller: RefObject<HTMLDivElement | null>;
}

/** Stands above the first message and asks for more when it comes near the screen. */
function Older({ id, log, feed, scroller }: OlderProps) {
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
      { root: scroller.current, rootMargin: "500px 0px 0px 0px" },
    );
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [chat, id, first, wanted, scroller]);
  return (
    <div ref={mark} className={styles["older"]}>
      {log.history === "partial" && feed.loading && <Waiting label="Loading older messages" />}
      {feed.error !== null && (
        <Button look="quiet" onClick={() => chat.loadOlder(id)}>
          Older messages could not be loaded. Try again
        </Button>
      )}
      {log.history === "complete" && log.messages.length > 0 && <p>This is where it began.</p>}
    </div>
  );
}
