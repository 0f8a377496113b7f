// The conversations in order of activity; or that there are none yet, and how to begin.
import { useParams } from "react-router";
import { useChat } from "../../lib/chat-context";
import { useUnreadInTitle } from "../../lib/page-title";
import { usePeople } from "../../lib/people";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Notice } from "../../lib/ui/notice";
import { Skeleton } from "../../lib/ui/skeleton";
import { useConversationList, useSummaries } from "../../lib/use-conversations";
import { useNow } from "../../lib/use-now";
import { ConversationItem } from "./conversation-item";
import styles from "./sidebar.module.css";

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
  useUnreadInTitle(summaries.reduce((sum, { unread }) => sum + unread, 0));
  const people = usePeople(summaries.flatMap(({ conversation, lastMessage }) => (conversation.kind === "group" && lastMessage ? [lastMessage.actorId] : [])));

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
  return (
    <>
      <ul className={styles["list"]}>
        {summaries.map((summary) => (
          <ConversationItem
            key={summary.conversation.id}
            summary={summary}
            selected={summary.conversation.id === conversationId}
            userId={userId}
            people={people}
            now={now}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button look="quiet" className={styles["more"]} disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {texts.showMore}
        </Button>
      )}
    </>
  );
}
