// A thread beside the conversation: the message it is about, its replies, and where one replies. Escape closes it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { followsThread, followThread } from "../../lib/api/follow-thread";
import type { Conversation } from "../../lib/api-types";
import { useChat, useFeed } from "../../lib/chat-context";
import { mayWrite } from "../../lib/message-rights";
import type { Pending } from "../../lib/outbox";
import { usePeople } from "../../lib/people";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button, IconButton } from "../../lib/ui/button";
import { Notice } from "../../lib/ui/notice";
import { Skeleton } from "../../lib/ui/skeleton";
import { useMessage } from "../../lib/use-message";
import { Composer, type ComposerHandle } from "./composer";
import { DeskProvider, useDesk } from "./desk";
import { DropZone } from "./drop-zone";
import { MessageItem } from "./message-item";
import { MessageList } from "./message-list";
import { useReplies } from "./message-source";
import styles from "./thread-panel.module.css";
import type { JumpTarget } from "./use-jump";

interface ThreadPanelProps {
  conversation: Conversation;
  root: number;
  target: JumpTarget | null;
  onTargetSeen: () => void;
  /** What is answered within the thread. */
  replyTo: number | null;
  onReply: (seq: number | null) => void;
  onEditLast: () => boolean;
  onClose: () => void;
}

export function ThreadPanel({ conversation, root, target, onTargetSeen, replyTo, onReply, onEditLast, onClose }: ThreadPanelProps) {
  const chat = useChat();
  const { id } = conversation;
  const { log } = useFeed(id);
  const source = useReplies(id, root);
  const composer = useRef<ComposerHandle>(null);
  const known = log !== null && log.history !== "none";
  useEffect(() => {
    if (known) chat.openThread(id, root);
  }, [chat, id, root, known]);
  useEffect(() => () => chat.openThread(id, null), [chat, id]);

  const writes = mayWrite(conversation);
  const first = source !== null && source.messages.length === 0;
  function edit(pending: Pending) {
    composer.current?.edit(pending);
    chat.discard(pending.clientId);
  }
  return (
    <aside className={styles["panel"]} aria-label={texts.thread.region}>
      <DropZone part="thread" className={styles["inner"]} onFiles={writes ? (files) => composer.current?.attach(files) : null}>
        <header className={styles["head"]}>
          <h2>{texts.thread.title}</h2>
          <FollowButton id={id} root={root} />
          <IconButton icon="close" label={texts.thread.close} onClick={onClose} />
        </header>
        <Root id={id} root={root} />
        {source === null || (first && source.loading) ? (
          <div className={styles["waiting"]}>
            <Skeleton label={texts.thread.loading} shape="messages" count={3} />
          </div>
        ) : first && source.error !== null ? (
          <Notice icon="alert" title={texts.thread.failed} text={source.error.message}>
            <Button onClick={source.loadOlder}>{texts.tryAgain}</Button>
          </Notice>
        ) : (
          <MessageList
            conversation={conversation}
            source={source}
            marksRead={false}
            part="replies"
            label={texts.thread.replies}
            empty={<p className={styles["none"]}>{texts.thread.none}</p>}
            began=""
            target={target?.part === "replies" ? target : null}
            onTargetSeen={onTargetSeen}
            onNewest={nothing}
            onEscape={onClose}
            onEdit={edit}
          />
        )}
        {writes && (
          <Composer
            ref={composer}
            conversationId={id}
            threadSeq={root}
            label={texts.thread.composer}
            placeholder={texts.thread.composer}
            replyTo={replyTo}
            onReply={onReply}
            onEditLast={onEditLast}
          />
        )}
      </DropZone>
    </aside>
  );
}

function Root({ id, root }: { id: string; root: number }) {
  const { message } = useMessage(id, root);
  const people = usePeople(message === null ? [] : [message.actorId, ...message.mentions]);
  const [whole, setWhole] = useState(false);
  const desk = useDesk();
  // Its text is changed where it stands in the conversation.
  const here = useMemo(() => ({ ...desk, editing: null }), [desk]);
  if (message === null) return null;
  return (
    <div className={styles["root"]}>
      <DeskProvider value={here}>
        <MessageItem
          shown={{ key: `root ${root}`, message: { ...message, replies: null }, pending: null }}
          index={-1}
          people={people}
          opens
          closes
          stop
          flash={false}
          onFlashed={nothing}
          whole={whole}
          onWhole={setWhole}
          onFocus={nothing}
          onEdit={nothing}
        />
      </DeskProvider>
    </div>
  );
}

function nothing(): void {}

function FollowButton({ id, root }: { id: string; root: number }) {
  const client = useQueryClient();
  // Whoever replies follows, so the signal that asks for all preferences anew asks for this as well.
  const queryKey = queryKeys.follow(id, root);
  const { data: followed } = useQuery({ queryKey, queryFn: ({ signal }) => followsThread(id, root, signal) });
  const follow = useMutation({
    mutationFn: (on: boolean) => followThread(id, root, on),
    onSuccess: (_, on) => {
      client.setQueryData(queryKey, on);
      showToast(on ? texts.thread.followed : texts.thread.unfollowed);
    },
    onError: (error) => showToast(error.message, { look: "problem" }),
  });
  const on = followed === true;
  const label = on ? texts.thread.unfollow : texts.thread.follow;
  return <IconButton icon={on ? "bellOff" : "bell"} label={label} disabled={followed === undefined || follow.isPending} onClick={() => follow.mutate(!on)} />;
}
