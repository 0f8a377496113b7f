// The open conversation: header, messages, composer; or why it cannot be shown.
import { useEffect, useState } from "react";
import { useParams } from "react-router";
import { useChat, useChatSnapshot, useFeed } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { ApiError } from "../../lib/http";
import { texts } from "../../lib/texts";
import { Button, IconButton } from "../../lib/ui/button";
import { Notice } from "../../lib/ui/notice";
import { Skeleton } from "../../lib/ui/skeleton";
import { useConversation } from "../../lib/use-conversations";
import { ConversationBody } from "./conversation-body";
import { ConversationHeader } from "./conversation-header";
import styles from "./conversation-view.module.css";
import { Gone, Removed } from "./gone";

export function ConversationView() {
  const { conversationId = "" } = useParams();
  // Another conversation is another page: nothing of the view's state may pass over.
  return <OpenConversation key={conversationId} id={conversationId} />;
}

function OpenConversation({ id }: { id: string }) {
  const chat = useChat();
  const feed = useFeed(id);
  const { conversation, error } = useConversation(id);
  const lost = useChatSnapshot().attention.lost.has(id);
  const [pins, setPins] = useState(false);
  useEffect(() => chat.open(id), [chat, id, feed.known]);

  const gone = error instanceof ApiError && !error.passing;
  if (lost) return <Removed id={id} title={conversation === undefined ? null : conversationTitle(conversation)} />;
  if (gone || feed.refused) return <Gone id={id} />;
  if (conversation === undefined) {
    return error === null ? <Skeleton label={texts.conversation.loading} shape="messages" count={7} /> : <Trouble text={error.message} />;
  }

  const title = conversationTitle(conversation);
  const ready = feed.log !== null && feed.log.history !== "none" ? feed.log : null;
  const header = (
    <ConversationHeader conversation={conversation}>
      <IconButton icon="pin" label={texts.pins.open} onClick={() => setPins(true)} />
    </ConversationHeader>
  );
  return (
    <section className={styles["view"]} aria-label={texts.conversation.region(title)}>
      {ready === null ? (
        <div className={styles["timeline"]}>
          {header}
          <div className={styles["empty"]}>
            {feed.error === null ? (
              <Skeleton label={texts.messages.loading} shape="messages" count={7} />
            ) : (
              <Trouble text={feed.error.message} onRetry={() => chat.open(id)} />
            )}
          </div>
        </div>
      ) : (
        <ConversationBody conversation={conversation} log={ready} header={header} pins={pins} onPinsClose={() => setPins(false)} />
      )}
    </section>
  );
}

function Trouble({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <Notice icon="alert" title={texts.conversation.failed} text={text}>
      {onRetry !== undefined && <Button onClick={onRetry}>{texts.tryAgain}</Button>}
    </Notice>
  );
}
