// The messages of an open conversation, where one writes, and the thread beside them.
import { useCallback, useRef, useState, type ReactNode } from "react";
import type { Conversation, Message } from "../../lib/api-types";
import { useChat, useChatSnapshot } from "../../lib/chat-context";
import type { ConversationLog } from "../../lib/conversation-log";
import { conversationTitle, summarise } from "../../lib/conversation-summary";
import { mayAct, mayWrite } from "../../lib/message-rights";
import type { Pending } from "../../lib/outbox";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { Notice } from "../../lib/ui/notice";
import { Announcer } from "./announcer";
import { Composer, type ComposerHandle } from "./composer";
import styles from "./conversation-view.module.css";
import { DeskProvider } from "./desk";
import { DeskOver } from "./desk-over";
import { DropZone } from "./drop-zone";
import { Foot } from "./foot";
import { MessageList } from "./message-list";
import { useTimeline } from "./message-source";
import { PinsDialog } from "./pins-dialog";
import { ThreadPanel } from "./thread-panel";
import { useLinkedMessage, useThreadAddress } from "./use-address";
import { UnreadBar } from "./unread-bar";
import { useDeskOf } from "./use-desk";
import { useJump } from "./use-jump";

interface ConversationBodyProps {
  conversation: Conversation;
  /** With its newest page. */
  log: ConversationLog;
  header: ReactNode;
  /** The pinned messages are to be shown. */
  pins: boolean;
  onPinsClose: () => void;
}

export function ConversationBody({ conversation, log, header, pins, onPinsClose }: ConversationBodyProps) {
  const chat = useChat();
  const { id } = conversation;
  const composer = useRef<ComposerHandle>(null);
  const readBefore = useReadBefore(conversation, log);
  const source = useTimeline(id, readBefore);
  const { root, openThread, closeThread } = useThreadAddress();
  const { target, jumpTo, jumpToNew, clearTarget } = useJump(id, openThread);
  const [replies, setReplies] = useState<{ messages: number | null; thread: number | null }>({ messages: null, thread: null });
  /** One has been where the new messages begin. */
  const [jumped, setJumped] = useState(false);
  const reply = useCallback((message: Message) => {
    setReplies((before) => (message.threadSeq === null ? { ...before, messages: message.seq } : { ...before, thread: message.seq }));
  }, []);
  const lastOwn = log.messages.findLast((message) => message.actorId === chat.userId && !message.deleted)?.seq ?? null;
  const { desk, over, setEditing, closeOver } = useDeskOf({ conversation, lastOwn, jumpTo, openThread, reply });
  const people = usePeople(log.messages.slice(-1).map((message) => message.actorId));
  useLinkedMessage(jumpTo);

  function editLast(messages: readonly Message[]): boolean {
    const last = messages.findLast((message) => message.actorId === chat.userId && mayAct("edit", message, conversation, chat.userId));
    if (last !== undefined) setEditing(last.seq);
    return last !== undefined;
  }
  function toNew(readSeq: number) {
    setJumped(true);
    void jumpToNew(readSeq);
  }
  function edit(pending: Pending) {
    if (composer.current === null) return; // one may no longer write here
    composer.current.edit(pending);
    chat.discard(pending.clientId);
  }
  if (source === null) return null;
  return (
    <DeskProvider value={desk}>
      <DropZone part="timeline" className={styles["timeline"]} onFiles={mayWrite(conversation) ? (files) => composer.current?.attach(files) : null}>
        {header}
        <MessageList
          key={log.shown}
          conversation={conversation}
          source={source}
          marksRead
          part="messages"
          label={texts.messages.history}
          empty={<NothingSaid conversation={conversation} />}
          began={texts.messages.began}
          target={target?.part === "messages" ? target : null}
          onTargetSeen={clearTarget}
          onNewest={() => chat.showNewest(id)}
          onEscape={() => composer.current?.focus()}
          onEdit={edit}
        >
          {!jumped && <UnreadBar conversation={conversation} source={source} readBefore={readBefore} onJump={toNew} />}
          <Announcer log={log} userId={chat.userId} people={people} />
        </MessageList>
        <Foot conversation={conversation} log={log}>
          <Composer
            ref={composer}
            conversationId={id}
            threadSeq={null}
            label={texts.composer.label}
            placeholder={texts.composer.placeholder(conversationTitle(conversation))}
            replyTo={replies.messages}
            onReply={(seq) => setReplies((before) => ({ ...before, messages: seq }))}
            onEditLast={() => editLast(source.messages)}
          />
        </Foot>
      </DropZone>
      {root !== null && (
        <ThreadPanel
          key={root}
          conversation={conversation}
          root={root}
          target={target}
          onTargetSeen={clearTarget}
          replyTo={replies.thread}
          onReply={(seq) => setReplies((before) => ({ ...before, thread: seq }))}
          onEditLast={() => editLast(log.thread?.replies ?? [])}
          onClose={() => {
            closeThread();
            composer.current?.focus();
          }}
        />
      )}
      <DeskOver over={over} onClose={closeOver} />
      {pins && <PinsDialog conversationId={id} onClose={onPinsClose} />}
    </DeskProvider>
  );
}

/** Where the line "New" stands is decided when the conversation is opened and stays. */
function useReadBefore(conversation: Conversation, log: ConversationLog): number | null {
  const { readUpTo } = useChatSnapshot();
  const [readBefore] = useState(() => {
    const { unread } = summarise(conversation, log, readUpTo(conversation.id));
    return unread > 0 ? log.messageNo - unread : null;
  });
  return readBefore;
}

function NothingSaid({ conversation }: { conversation: Conversation }) {
  const text = conversation.role === null ? texts.messages.nobodySpoke : texts.messages.saySomething(conversationTitle(conversation));
  return <Notice icon="compose" title={texts.messages.none} text={text} />;
}
