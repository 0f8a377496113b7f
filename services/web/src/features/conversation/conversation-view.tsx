// The open conversation: header, messages, composer; or why it cannot be shown.
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import type { Role } from "../../lib/api-types";
import { useChat, useFeed } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { ApiError } from "../../lib/http";
import { Button } from "../../lib/ui/button";
import { Notice, Waiting } from "../../lib/ui/notice";
import { useConversation } from "../../lib/use-conversations";
import { Composer } from "./composer";
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
  useEffect(() => chat.open(id), [chat, id, feed.known]);

  const gone = error instanceof ApiError && !error.passing;
  if (gone || feed.refused) return <Gone />;
  if (conversation === undefined) return error === null ? <Waiting label="Loading the conversation" /> : <Trouble text={error.message} />;

  const title = conversationTitle(conversation);
  const ready = feed.log !== null && feed.log.history !== "none" ? feed.log : null;
  const close = () => setDialog(null);
  return (
    <section className={styles["view"]} aria-label={`Conversation ${title}`}>
      <ConversationHeader conversation={conversation} onMembers={() => setDialog("members")} onLeave={() => setDialog("leave")} />
      {ready !== null && <MessageList conversation={conversation} log={ready} feed={feed} />}
      {ready === null && (
        <div className={styles["empty"]}>
          {feed.error === null ? <Waiting label="Loading messages" /> : <Trouble text={feed.error.message} onRetry={() => chat.open(id)} />}
        </div>
      )}
      <Foot id={id} role={conversation.role} title={title} />
      {dialog === "members" && <MembersDialog conversationId={id} title={title} onClose={close} />}
      {dialog === "leave" && <LeaveDialog conversationId={id} title={title} onClose={close} />}
    </section>
  );
}

/** What one may do here: join, write, or only read. */
function Foot({ id, role, title }: { id: string; role: Role | null; title: string }) {
  if (role === null) return <JoinBar conversationId={id} title={title} />;
  if (role === "reader" || role === "banned") return <p className={styles["join"]}>You may read here, but not write.</p>;
  return <Composer conversationId={id} title={title} />;
}

function Gone() {
  return (
    <Notice title="This conversation is not here" text="It may be gone, or it is not one of yours.">
      <Link to="/">Back to the list</Link>
    </Notice>
  );
}

function Trouble({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <Notice title="This did not load" text={text}>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </Notice>
  );
}
