// The frame around everything once signed in: sidebar, open conversation, the state of the line, and dialogs.
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Outlet, useParams } from "react-router";
import { BrowseGroupsDialog } from "../features/new-conversation/browse-groups-dialog";
import { CreateGroupDialog } from "../features/new-conversation/create-group-dialog";
import { FindPersonDialog } from "../features/new-conversation/find-person-dialog";
import { endSession } from "../features/session/use-session";
import { Sidebar } from "../features/sidebar/sidebar";
import { signOut } from "../lib/api/sign-out";
import type { User } from "../lib/api-types";
import { Chat } from "../lib/chat";
import { ChatProvider, useChat } from "../lib/chat-context";
import { ApiError } from "../lib/http";
import { rememberPeople } from "../lib/people";
import { queryKeys } from "../lib/query-client";
import { classNames } from "../lib/ui/class-names";
import { Notice } from "../lib/ui/notice";
import { FOLLOWED_PAGES, useConversationList } from "../lib/use-conversations";
import { LineNotice } from "./line-notice";
import styles from "./shell.module.css";

export function Shell({ user }: { user: User }) {
  const client = useQueryClient();
  const [chat] = useState(() => createChat(user, client));
  useEffect(() => {
    chat.start();
    return () => chat.stop();
  }, [chat]);
  return (
    <ChatProvider chat={chat}>
      <Frame user={user} />
    </ChatProvider>
  );
}

function createChat(user: User, client: QueryClient): Chat {
  return new Chat(user.id, {
    outdated: (conversationId) => {
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      if (conversationId === undefined) {
        void client.invalidateQueries({ queryKey: ["conversation"] });
        void client.invalidateQueries({ queryKey: ["members"] });
      } else {
        void client.invalidateQueries({ queryKey: queryKeys.conversation(conversationId) });
        void client.invalidateQueries({ queryKey: queryKeys.members(conversationId) });
      }
    },
    sessionEnded: () => endSession(client),
  });
}

function Frame({ user }: { user: User }) {
  const chat = useChat();
  const client = useQueryClient();
  const { conversationId } = useParams();
  const [dialog, setDialog] = useState<"person" | "group" | "browse" | null>(null);
  const close = () => setDialog(null);
  useFollowedList(user);
  const leave = useMutation({
    mutationFn: async () => {
      try {
        await signOut();
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 401)) throw error; // already signed out
      }
    },
    onSuccess: () => {
      chat.signedOut();
      endSession(client);
    },
  });
  return (
    <div className={classNames(styles["shell"], conversationId !== undefined && styles["reading"])}>
      <LineNotice />
      <aside className={styles["side"]} aria-label="Sidebar">
        {leave.isError && (
          <p role="alert" className={styles["problem"]}>
            Not signed out. {leave.error.message}
          </p>
        )}
        <Sidebar
          user={user}
          onNewChat={() => setDialog("person")}
          onNewGroup={() => setDialog("group")}
          onBrowse={() => setDialog("browse")}
          onSignOut={() => leave.mutate()}
        />
      </aside>
      <main className={styles["main"]}>
        <Outlet />
      </main>
      {dialog === "person" && <FindPersonDialog onClose={close} />}
      {dialog === "group" && <CreateGroupDialog onClose={close} />}
      {dialog === "browse" && <BrowseGroupsDialog onClose={close} />}
    </div>
  );
}

/** The newest conversations are followed live, and their people are known by name. */
function useFollowedList(user: User): void {
  const chat = useChat();
  const client = useQueryClient();
  const { data, dataUpdatedAt, hasNextPage, isFetching, isError, fetchNextPage } = useConversationList();
  useEffect(() => {
    if (data === undefined) return;
    const followed = data.pages.slice(0, FOLLOWED_PAGES).flatMap((page) => page.conversations);
    chat.follow(followed);
    rememberPeople(client, [user, ...followed.flatMap((one) => one.receivers)]);
    // `dataUpdatedAt`: after a reset the same list, fetched anew, has to be followed again.
  }, [chat, client, user, data, dataUpdatedAt]);
  const incomplete = hasNextPage && (data?.pages.length ?? 0) < FOLLOWED_PAGES;
  useEffect(() => {
    if (incomplete && !isFetching && !isError) void fetchNextPage();
  }, [incomplete, isFetching, isError, fetchNextPage]);
}

/** What stands beside the list while no conversation is open. */
export function Nothing() {
  const list = useConversationList();
  if (list.data?.pages[0]?.conversations.length === 0) {
    return <Notice title="Welcome to Confab" text="Your conversations will stand on the left, and what is said in them here." />;
  }
  return <Notice title="Pick a conversation" text="Choose one on the left, or begin a new one with the buttons above the list." />;
}
