// The list of conversations with what starts new ones above and the signed-in user below.
import { useParams } from "react-router";
import type { User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { useUnreadInTitle } from "../../lib/page-title";
import { usePeople } from "../../lib/people";
import { Avatar } from "../../lib/ui/avatar";
import { Button, IconButton } from "../../lib/ui/button";
import { Logo } from "../../lib/ui/icons";
import { Menu } from "../../lib/ui/menu";
import { Notice, Waiting } from "../../lib/ui/notice";
import { useConversationList, useSummaries } from "../../lib/use-conversations";
import { ConversationItem } from "./conversation-item";
import styles from "./sidebar.module.css";

interface SidebarProps {
  user: User;
  onNewChat: () => void;
  onNewGroup: () => void;
  onBrowse: () => void;
  onSignOut: () => void;
}

export function Sidebar({ user, onNewChat, onNewGroup, onBrowse, onSignOut }: SidebarProps) {
  return (
    <>
      <header className={styles["top"]}>
        <Logo />
        <span className={styles["brand"]}>Confab</span>
        <IconButton icon="compass" label="Browse groups" onClick={onBrowse} />
        <IconButton icon="group" label="New group" onClick={onNewGroup} />
        <IconButton icon="compose" label="New chat" onClick={onNewChat} />
      </header>
      <nav className={styles["scroll"]} aria-label="Conversations">
        <ConversationList onNewChat={onNewChat} onBrowse={onBrowse} />
      </nav>
      <footer className={styles["bottom"]}>
        <Avatar id={user.id} name={user.displayName} size="small" />
        <span className={styles["me"]}>
          <strong>{user.displayName}</strong>
          <span>@{user.username}</span>
        </span>
        <Menu items={[{ label: "Sign out", icon: "leave", onSelect: onSignOut }]}>
          <IconButton icon="more" label="Account" />
        </Menu>
      </footer>
    </>
  );
}

function ConversationList({ onNewChat, onBrowse }: Pick<SidebarProps, "onNewChat" | "onBrowse">) {
  const list = useConversationList();
  const summaries = useSummaries();
  const { conversationId } = useParams();
  const { userId } = useChat();
  useUnreadInTitle(summaries.reduce((sum, { unread }) => sum + unread, 0));
  const people = usePeople(summaries.flatMap(({ conversation, lastMessage }) => (conversation.kind === "group" && lastMessage ? [lastMessage.actorId] : [])));

  if (list.isPending) return <Waiting label="Loading conversations" />;
  if (list.isError && summaries.length === 0) {
    return (
      <Notice title="The list could not be loaded" text={list.error.message}>
        <Button look="soft" onClick={() => void list.refetch()}>
          Try again
        </Button>
      </Notice>
    );
  }
  if (summaries.length === 0) {
    return (
      <Notice title="Quiet here so far" text="Find somebody to talk to, or look around for a group.">
        <Button onClick={onNewChat}>Find a person</Button>
        <Button look="quiet" onClick={onBrowse}>
          Browse groups
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
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button look="quiet" className={styles["more"]} disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}
