// The messages of the open conversation. Only those near the screen are in the page, however long the history is;
// older ones are read when one scrolls up.
import { useEffect, useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import type { Conversation } from "../../lib/api-types";
import { useChat, useChatSnapshot } from "../../lib/chat-context";
import type { FeedState } from "../../lib/conversation-feed";
import type { ConversationLog } from "../../lib/conversation-log";
import { conversationTitle, summarise } from "../../lib/conversation-summary";
import type { Pending } from "../../lib/outbox";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { Notice } from "../../lib/ui/notice";
import { Announcer } from "./announcer";
import { layOut } from "./conversation-layout";
import { JumpButton } from "./jump-button";
import styles from "./message-list.module.css";
import { MessageRow } from "./message-row";
import { Older, OLDER_HEIGHT } from "./older";
import { useNewCount } from "./use-new-count";
import { useReadMark } from "./use-read-mark";
import { useRovingFocus } from "./use-roving-focus";
import { useScrollPlace } from "./use-scroll-place";

interface MessageListProps {
  conversation: Conversation;
  log: ConversationLog;
  feed: FeedState;
  /** A message that was refused goes back to where it can be changed. */
  onEdit: (pending: Pending) => void;
  /** The reader wants to write. */
  onEscape: () => void;
}

export function MessageList({ conversation, log, feed, onEdit, onEscape }: MessageListProps) {
  const { userId } = useChat();
  const { rows, own } = useRows(conversation, log);
  const people = usePeople(useMemo(() => [...new Set(log.messages.map((message) => message.actorId))], [log.messages]));
  const { scroller, virtual, shift, atEnd, onScroll, onResize, toEnd } = useScrollPlace(log.messages[0]?.seq, rows);
  const { stop, index, onKeyDown, onBlur, choose } = useRovingFocus(rows, scroller, virtual);
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const newCount = useNewCount(log.messages, userId, atEnd);
  useReadMark(conversation, log.messages.at(-1), atEnd);
  useNewOwn(own, toEnd);
  useEscape(() => {
    toEnd();
    onEscape();
  });

  return (
    <div className={styles["frame"]}>
      {/* A scrolling region has to be reachable by keyboard, and the arrow keys act on what is inside of it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <div ref={scroller} className={styles["scroller"]} onScroll={onScroll} onKeyDown={onKeyDown} onBlur={onBlur} tabIndex={0} role="region" aria-label={texts.messages.history}>
        <Older id={conversation.id} log={log} feed={feed} scroller={scroller} />
        {rows.length === 0 && <NothingSaid conversation={conversation} />}
        <div className={styles["messages"]}>
          <Virtualizer
            ref={virtual}
            as={MessageOl}
            item="li"
            scrollRef={scroller}
            startMargin={OLDER_HEIGHT}
            shift={shift}
            data={rows}
            bufferSize={600}
            keepMounted={index < 0 ? [] : [index]}
            onResize={onResize}
          >
            {(row, at) => (
              <MessageRow
                key={row.key}
                row={row}
                index={at}
                userId={userId}
                author={row.kind === "message" ? people.get(row.message.authorId) : undefined}
                stop={row.key === stop}
                whole={whole.has(row.key)}
                onWhole={(is) => setWhole((before) => (is ? new Set(before).add(row.key) : new Set([...before].filter((key) => key !== row.key))))}
                onFocus={choose}
                onEdit={onEdit}
              />
            )}
          </Virtualizer>
        </div>
      </div>
      {!atEnd && <JumpButton count={newCount} onClick={toEnd} />}
      <Announcer log={log} userId={userId} people={people} />
    </div>
  );
}

function useRows(conversation: Conversation, log: ConversationLog) {
  const { userId } = useChat();
  const { pending, readUpTo } = useChatSnapshot();
  const { id } = conversation;
  // Where the line "New" stands is decided when the conversation is opened and stays.
  const [readBefore] = useState(() => {
    const { unread } = summarise(conversation, log, readUpTo(id));
    return unread > 0 ? log.messageNo - unread : null;
  });
  const own = useMemo(() => pending.filter((one) => one.conversationId === id), [pending, id]);
  const rows = useMemo(() => layOut({ messages: log.messages, pending: own, userId, readBefore }), [log.messages, own, userId, readBefore]);
  return { rows, own };
}

/** Whoever says something wants to see it; what is on its way no more moves nothing. */
function useNewOwn(own: readonly Pending[], act: () => void): void {
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const added = own.some((one) => !known.current.has(one.clientId));
    known.current = new Set(own.map((one) => one.clientId));
    if (added) act();
  }, [own, act]);
}

/** Escape is free if nothing that is open took it. */
function useEscape(act: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}

function MessageOl(props: React.ComponentProps<"ol">) {
  return <ol {...props} aria-label={texts.messages.list} />;
}

function NothingSaid({ conversation }: { conversation: Conversation }) {
  const text = conversation.role === null ? texts.messages.nobodySpoke : texts.messages.saySomething(conversationTitle(conversation));
  return <Notice icon="compose" title={texts.messages.none} text={text} />;
}
