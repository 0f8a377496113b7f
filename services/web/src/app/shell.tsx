// The frame around everything once signed in: sidebar, open page, the state of the line, dialogs and notes.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Outlet, useMatch, useNavigate, useOutletContext } from "react-router";
import { Sidebar } from "../features/sidebar/sidebar";
import type { User } from "../lib/api-types";
import { ChatProvider } from "../lib/chat-context";
import { useLanguage } from "../lib/language";
import { texts } from "../lib/texts";
import { classNames } from "../lib/ui/class-names";
import { createChat } from "./create-chat";
import { Dialogs, type DialogName } from "./dialogs";
import { LineNotice } from "./line-notice";
import { Nothing } from "./nothing";
import { Panels } from "./panels";
import { useFetchedDrafts } from "../lib/use-preferences";
import styles from "./shell.module.css";
import { useAllRead } from "./use-all-read";
import { useAway } from "./use-away";
import { useAppCommands } from "./use-app-commands";
import { useFailureToasts } from "./use-failure-toasts";
import { useFollowedList } from "./use-followed-list";
import { useNarrow } from "./use-narrow";
import { useNotifications } from "./use-notifications";
import { useShortcuts } from "./use-shortcuts";
import { useSignOut } from "./use-sign-out";

export function Shell({ user }: { user: User }) {
  const client = useQueryClient();
  const language = useLanguage();
  const [chat] = useState(() => createChat(user, client));
  useEffect(() => {
    chat.start();
    return () => chat.stop();
  }, [chat]);
  return (
    <ChatProvider chat={chat}>
      {/* Another language draws everything anew; the line and what is unsent stay. */}
      <Frame key={language} user={user} />
    </ChatProvider>
  );
}

type Context = { openDialog: (name: DialogName) => void };

function Frame({ user }: { user: User }) {
  const navigate = useNavigate();
  const atList = useMatch("/") !== null;
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const onlyList = useNarrow() && atList;
  useFollowedList(user);
  useFailureToasts();
  useFetchedDrafts();
  useAway();
  useNotifications();
  useShortcuts(dialog, setDialog);
  const signOut = useSignOut();
  const allRead = useAllRead();
  useAppCommands({ openDialog: setDialog, allRead, signOut });
  const context: Context = { openDialog: setDialog };
  return (
    <div className={classNames(styles["shell"], !atList && styles["reading"])}>
      <a href="#main" className={styles["skip"]} onClick={toMain}>
        {texts.skip}
      </a>
      <LineNotice />
      {/* On a phone the list is a page of its own. */}
      <div role={onlyList ? "main" : "complementary"} className={styles["side"]} aria-label={texts.sidebar.label}>
        <Sidebar
          onlyList={onlyList}
          user={user}
          onJump={() => setDialog("switcher")}
          onNewChat={() => setDialog("person")}
          onNewGroup={() => setDialog("group")}
          onBrowse={() => setDialog("browse")}
          onSearch={() => void navigate("/search")}
          onAllRead={allRead}
          onSettings={() => void navigate("/settings")}
          onHelp={() => setDialog("help")}
          onSignOut={signOut}
        />
      </div>
      <main id="main" tabIndex={-1} className={styles["main"]}>
        <Outlet context={context} />
      </main>
      <Dialogs open={dialog} onOpen={setDialog} />
      <Panels />
    </div>
  );
}

/** The address stays as it is: a fragment would be a page of its own in the history. */
function toMain(event: React.MouseEvent) {
  event.preventDefault();
  const main = document.getElementById("main");
  const field = main?.querySelector<HTMLElement>("textarea");
  (field ?? main)?.focus();
}

export function NothingOpen() {
  const { openDialog } = useOutletContext<Context>();
  return <Nothing onOpen={openDialog} />;
}
