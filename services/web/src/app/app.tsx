// The routes: signing in and up, or everything else for whoever is signed in.
import { QueryClientProvider, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { useEffect } from "react";
import { BrowserRouter, Navigate, Route, Routes, useLocation } from "react-router";
import { ConversationView } from "../features/conversation/conversation-view";
import { InvitePage } from "../features/invite/invite-page";
import { SearchPage } from "../features/search/search-page";
import { SettingsPage } from "../features/settings/settings-page";
import { SignPage } from "../features/session/sign-page";
import { endSession, isLeaving, useSession } from "../features/session/use-session";
import { setUnauthorizedHandler } from "../lib/http";
import { useLanguage } from "../lib/language";
import { texts } from "../lib/texts";
import { Button } from "../lib/ui/button";
import { Notice, Waiting } from "../lib/ui/notice";
import { Toaster } from "../lib/ui/toaster";
import { NothingOpen, Shell } from "./shell";

export function App({ client }: { client: QueryClient }) {
  useEffect(() => setUnauthorizedHandler(() => endSession(client)), [client]);
  return (
    <QueryClientProvider client={client}>
      <Tooltip.Provider delayDuration={400}>
        <BrowserRouter>
          <Pages />
        </BrowserRouter>
        <Toaster />
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}

function Pages() {
  const language = useLanguage();
  const client = useQueryClient();
  const session = useSession();
  if (session.isError) {
    return (
      <Notice level={1} title={texts.start.failed} text={session.error.message}>
        <Button onClick={() => void session.refetch()}>{texts.tryAgain}</Button>
      </Notice>
    );
  }
  if (session.isPending) {
    return session.failureCount === 0 ? (
      <Waiting label={texts.start.loading} />
    ) : (
      <Notice level={1} title={texts.start.noAnswer} text={texts.start.retrying} />
    );
  }
  return session.data === null ? (
    <Routes>
      <Route path="/sign-in" element={<SignPage key={`in-${language}`} kind="sign-in" />} />
      <Route path="/sign-up" element={<SignPage key={`up-${language}`} kind="sign-up" />} />
      <Route path="*" element={<ToSignIn />} />
    </Routes>
  ) : (
    <Routes>
      <Route element={<Shell key={session.data.id} user={session.data} />}>
        <Route index element={<NothingOpen />} />
        <Route path="/settings" element={<SettingsPage user={session.data} onDeleted={() => endSession(client)} />} />
        <Route path="/invite" element={<InvitePage />} />
        <Route path="/search" element={<SearchPage />} />
        <Route path="/c/:conversationId" element={<ConversationView />} />
      </Route>
      <Route path="*" element={<BackToWhereOneWas />} />
    </Routes>
  );
}

function ToSignIn() {
  const { pathname, search, hash } = useLocation();
  return <Navigate to="/sign-in" replace state={isLeaving() ? null : { from: pathname + search + hash }} />;
}

function BackToWhereOneWas() {
  const state = useLocation().state as { from?: unknown } | null;
  return <Navigate to={typeof state?.from === "string" ? state.from : "/"} replace />;
}
