// Messages of a conversation or a thread. Only those near the screen are in the page, however long the history is;
// older ones, and newer ones after a jump, are read when one scrolls to them.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Virtualizer } from "virtua";
import type { Conversation, Message } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import type { Pending } from "../../lib/outbox";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { useDesk } from "./desk";
import { JumpButton } from "./jump-button";
import { actOfKey } from "./message-keys";
import styles from "./message-list.module.css";
import { MessageRow } from "./message-row";
import type { MessageSource } from "./message-source";
import { Newer } from "./newer";
import { Older, OLDER_HEIGHT } from "./older";
import type { JumpTarget } from "./use-jump";
import { useNewCount } from "./use-new-count";
import { useReadMark } from "./use-read-mark";
import { useRovingFocus } from "./use-roving-focus";
import { useScrollPlace } from "./use-scroll-place";
import { useTarget } from "./use-target";

interface MessageListProps {
  conversation: Conversation;
  source: MessageSource;
  /** What was read to the end counts as read. */
  marksRead: boolean;
  part: "messages" | "replies";
  label: string;
  /** Stands there while nothing was said. */
  empty: ReactNode;
  /** Says where it began, above the first message. */
  began: string;
  /** The message to be brought to the screen. */
  target: JumpTarget | null;
  onTargetSeen: () => void;
  /** Leaves the stretch that one jumped to. */
  onNewest: () => void;
  /** The reader is done here. */
  onEscape: () => void;
  /** A message that was refused goes back to where it can be changed. */
  onEdit: (pending: Pending) => void;
  children?: ReactNode;
}

export function MessageList({ conversation, source, marksRead, part, label, empty, began, target, onTargetSeen, onNewest, onEscape, onEdit, children }: MessageListProps) {
  const { userId } = useChat();
  const desk = useDesk();
  const { messages, rows, hasNewer } = source;
  const people = usePeople(useMemo(() => namedIn(messages), [messages]));
  const place = useScrollPlace(messages[0]?.seq, rows, !hasNewer && target === null, !hasNewer);
  const { scroller, content, virtual, shift, onScroll, toEnd } = place;
  const atEnd = place.atEnd && !hasNewer;
  const { stop, index, onKeyDown, onBlur, choose } = useRovingFocus(rows, scroller, virtual);
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const newCount = useNewCount(messages, userId, atEnd);
  useReadMark(conversation, messages.at(-1), atEnd && marksRead);
  useNewOwn(source.own, hasNewer ? onNewest : toEnd);
  useTarget(target, rows, place);
  const editing = desk.editing === null ? -1 : rows.findIndex((row) => row.kind === "message" && row.shown.message.seq === desk.editing);
  useEscape(scroller, () => {
    if (part === "messages" && hasNewer) onNewest();
    if (part === "messages" && !hasNewer) toEnd();
    onEscape();
  });

  function onKey(event: KeyboardEvent) {
    const row = event.target instanceof HTMLElement && event.target.dataset["key"] !== undefined ? rows.find((one) => one.key === (event.target as HTMLElement).dataset["key"]) : undefined;
    if (row?.kind === "message" && actOfKey(event, row.shown.message, desk)) return;
    onKeyDown(event);
  }

  return (
    <div className={styles["frame"]}>
      {/* A scrolling region has to be reachable by keyboard, and the arrow keys act on what is inside of it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      <div ref={scroller} className={styles["scroller"]} onScroll={onScroll} onKeyDown={onKey} onBlur={onBlur} tabIndex={0} role="region" aria-label={label}>
        <Older source={source} scroller={scroller} began={began} />
        {rows.length === 0 && empty}
        <div ref={content} className={styles["messages"]}>
          <Virtualizer
            ref={virtual}
            as={lists[part]}
            item="li"
            scrollRef={scroller}
            startMargin={OLDER_HEIGHT}
            shift={shift}
            data={rows}
            bufferSize={600}
            keepMounted={[index, editing].filter((one) => one >= 0)}
          >
            {(row, at) => (
              <MessageRow
                key={row.key}
                row={row}
                index={at}
                people={people}
                stop={row.key === stop}
                flash={target !== null && row.kind === "message" && row.shown.message.seq === target.seq}
                onFlashed={onTargetSeen}
                whole={whole.has(row.key)}
                onWhole={(is) => setWhole((before) => (is ? new Set(before).add(row.key) : new Set([...before].filter((key) => key !== row.key))))}
                onFocus={choose}
                onEdit={onEdit}
              />
            )}
          </Virtualizer>
        </div>
        {hasNewer && <Newer source={source} scroller={scroller} />}
      </div>
      {!atEnd && <JumpButton count={newCount} back={hasNewer} onClick={hasNewer ? onNewest : toEnd} />}
      {children}
    </div>
  );
}

/** Authors, and those whom they mention. */
function namedIn(messages: readonly Message[]): string[] {
  const ids = new Set<string>();
  for (const { actorId, mentions } of messages) {
    ids.add(actorId);
    for (const id of mentions) ids.add(id);
  }
  return [...ids];
}

/** Whoever says something wants to see it; what is on its way no more moves nothing. */
function useNewOwn(own: readonly string[], act: () => void): void {
  const known = useRef<ReadonlySet<string>>(new Set(own));
  useEffect(() => {
    const added = own.some((one) => !known.current.has(one));
    known.current = new Set(own);
    if (added) act();
  }, [own, act]);
}

/** Escape is free if nothing that is open took it; it belongs to the list that the focus is beside. */
function useEscape(scroller: React.RefObject<HTMLElement | null>, act: () => void): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const part = scroller.current?.closest("[data-part]");
      const elsewhere = document.activeElement?.closest("[data-part]") ?? null;
      const here = elsewhere === null ? part?.getAttribute("data-part") === "timeline" : elsewhere === part;
      if (event.key === "Escape" && here && !event.defaultPrevented && !event.isComposing) act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}

// The virtual list makes the element itself, so the label is part of the component; it has to stay the same one.
const lists = {
  messages: (props: React.ComponentProps<"ol">) => <ol {...props} aria-label={texts.messages.list} />,
  replies: (props: React.ComponentProps<"ol">) => <ol {...props} aria-label={texts.thread.replies} />,
};
