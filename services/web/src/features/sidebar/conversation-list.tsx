// The conversations in order of activity, the archived ones apart; or that there are none yet, and how to begin.
import { useState } from "react";
import { useParams } from "react-router";
import { useChat } from "../../lib/chat-context";
import { isMuted, type ConversationSummary } from "../../lib/conversation-summary";
import { useUnreadInTitle } from "../../lib/page-title";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Icon } from "../../lib/ui/icons";
import { Notice } from "../../lib/ui/notice";
import { Skeleton } from "../../lib/ui/skeleton";
import { useConversationList, useSummaries } from "../../lib/use-conversations";
import { useNow } from "../../lib/use-now";
import { usePresence } from "../../lib/use-presence";
import { ConversationItem } from "./conversation-item";
import styles from "./sidebar.module.css";

/** So many of the newest are asked for whether their people are there. */
const WATCHED = 60;

interface ConversationListProps {
  onNewChat: () => void;
  onNewGroup: () => void;
  onBrowse: () => void;
}

export function ConversationList({ onNewChat, onNewGroup, onBrowse }: ConversationListProps) {
  const list = useConversationList();
  const summaries = useSummaries();
  const { conversationId } = useParams();
  const { userId } = useChat();
  const now = useNow();
  const [archiveOpen, setArchiveOpen] = useState(false);
  useUnreadInTitle(summaries.reduce((sum, { unread, mentions, conversation }) => sum + (isMuted(conversation, now) ? mentions : unread), 0));
  const people = usePeople(summaries.flatMap(({ conversation, lastMessage }) => (conversation.kind === "group" && lastMessage ? [lastMessage.actorId] : [])));

  const presence = usePresence(summaries.slice(0, WATCHED).flatMap(({ conversation }) => conversation.receivers.map((user) => user.id)));

  if (list.isPending) return <Skeleton label={texts.sidebar.loading} shape="rows" count={8} />;
  if (list.isError && summaries.length === 0) {
    return (
      <Notice title={texts.sidebar.failed} text={list.error.message}>
        <Button look="soft" onClick={() => void list.refetch()}>
          {texts.tryAgain}
        </Button>
      </Notice>
    );
  }
  if (summaries.length === 0) {
    return (
      <Notice title={texts.sidebar.quiet} text={texts.sidebar.quietText}>
        <Button className={styles["begin"]} onClick={onNewChat}>
          {texts.sidebar.findPerson}
        </Button>
        <Button look="quiet" className={styles["begin"]} onClick={onBrowse}>
          {texts.sidebar.browse}
        </Button>
        <Button look="quiet" className={styles["begin"]} onClick={onNewGroup}>
          {texts.sidebar.newGroup}
        </Button>
      </Notice>
    );
  }
  const items = (some: readonly ConversationSummary[]) =>
    some.map((summary) => (
      <ConversationItem
        key={summary.conversation.id}
        summary={summary}
        selected={summary.conversation.id === conversationId}
        userId={userId}
        people={people}
        presence={presence.get(summary.conversation.receivers[0]?.id ?? "")}
        now={now}
      />
    ));
  const archived = summaries.filter(({ conversation }) => conversation.archived);
  const showArchive = archiveOpen || archived.some(({ conversation }) => conversation.id === conversationId);
  return (
    <>
      <ul className={styles["list"]}>{items(summaries.filter(({ conversation }) => !conversation.archived))}</ul>
      {archived.length > 0 && (
        <>
          <button type="button" className={styles["section"]} aria-expanded={showArchive} onClick={() => setArchiveOpen(!showArchive)}>
            <Icon name="archive" size={16} />
            {texts.attention.archived(archived.length)}
          </button>
          {showArchive && <ul className={styles["list"]}>{items(archived)}</ul>}
        </>
      )}
      {list.hasNextPage && (
        <Button look="quiet" className={styles["more"]} disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {texts.showMore}
        </Button>
      )}
    </>
  );
}
