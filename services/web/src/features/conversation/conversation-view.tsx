// The open conversation: header, messages, composer; or why it cannot be shown.
import { useEffect, useRef, useState, type Ref } from "react";
import { Link, useParams } from "react-router";
import type { Role } from "../../lib/api-types";
import { useChat, useFeed } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { ApiError } from "../../lib/http";
import type { Pending } from "../../lib/outbox";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Notice } from "../../lib/ui/notice";
import { Skeleton } from "../../lib/ui/skeleton";
import { useConversation } from "../../lib/use-conversations";
import { Composer, type ComposerHandle } from "./composer";
import { ConversationHeader } from "./conversation-header";
import styles from "./conversation-view.module.css";
import { JoinBar } from "./join-bar";
import { LeaveDialog } from "./leave-dialog";
import { MembersDialog } from "./members-dialog";
import { MessageList } from "./message-list";

export function ConversationView() {
  const { conversationId = "" } = useParams();
  // Another conversation is another page: nothing of the view's state may pass over.
  return <OpenConversation key={conversationId} id={conversationId} />;
}

function OpenConversation({ id }: { id: string }) {
  const chat = useChat();
  const feed = useFeed(id);
  const { conversation, error } = useConversation(id);
  const [dialog, setDialog] = useState<"members" | "leave" | null>(null);
  const composer = useRef<ComposerHandle>(null);
  useEffect(() => chat.open(id), [chat, id, feed.known]);

  const gone = error instanceof ApiError && !error.passing;
  if (gone || feed.refused) return <Gone />;
  if (conversation === undefined) {
    return error === null ? <Skeleton label={texts.conversation.loading} shape="messages" count={7} /> : <Trouble text={error.message} />;
  }

  const title = conversationTitle(conversation);
  const ready = feed.log !== null && feed.log.history !== "none" ? feed.log : null;
  const close = () => setDialog(null);
  function edit({ clientId, body }: Pending) {
    if (composer.current === null) return; // one may no longer write here
    composer.current.edit(body);
    chat.discard(clientId);
  }
  return (
    <section className={styles["view"]} aria-label={texts.conversation.region(title)}>
      <ConversationHeader conversation={conversation} onMembers={() => setDialog("members")} onLeave={() => setDialog("leave")} />
      {ready !== null && <MessageList conversation={conversation} log={ready} feed={feed} onEdit={edit} onEscape={() => composer.current?.focus()} />}
      {ready === null && (
        <div className={styles["empty"]}>
          {feed.error === null ? (
            <Skeleton label={texts.messages.loading} shape="messages" count={7} />
          ) : (
            <Trouble text={feed.error.message} onRetry={() => chat.open(id)} />
          )}
        </div>
      )}
      <Foot id={id} role={conversation.role} title={title} composer={composer} />
      {dialog === "members" && <MembersDialog conversationId={id} title={title} onClose={close} />}
      {dialog === "leave" && <LeaveDialog conversationId={id} title={title} onClose={close} />}
    </section>
  );
}

interface FootProps {
  id: string;
  role: Role | null;
  title: string;
  composer: Ref<ComposerHandle>;
}

/** What one may do here: join, write, or only read. */
function Foot({ id, role, title, composer }: FootProps) {
  if (role === null) return <JoinBar conversationId={id} title={title} />;
  if (role === "reader" || role === "banned") return <p className={styles["join"]}>{texts.conversation.readOnly}</p>;
  return <Composer ref={composer} conversationId={id} title={title} />;
}

function Gone() {
  return (
    <Notice level={1} icon="alert" title={texts.conversation.gone} text={texts.conversation.goneText}>
      <Link to="/">{texts.conversation.back}</Link>
    </Notice>
  );
}

function Trouble({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <Notice icon="alert" title={texts.conversation.failed} text={text}>
      {onRetry !== undefined && <Button onClick={onRetry}>{texts.tryAgain}</Button>}
    </Notice>
  );
}
