// Signs out; if that fails one is still signed in, and is told so. The line may say first that the session has
// ended, and the next person may be in before the answer is: then only what was theirs is put away.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { endSession, setLeaving } from "../features/session/use-session";
import { signOut } from "../lib/api/sign-out";
import type { User } from "../lib/api-types";
import { useChat } from "../lib/chat-context";
import { ApiError } from "../lib/http";
import { queryKeys } from "../lib/query-client";
import { texts } from "../lib/texts";
import { showToast } from "../lib/toasts";

export function useSignOut(): () => void {
  const chat = useChat();
  const client = useQueryClient();
  const stillHere = () => client.getQueryData<User | null>(queryKeys.me)?.id === chat.userId;
  const { mutate } = useMutation({
    mutationFn: async () => {
      setLeaving(true);
      try {
        await signOut();
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 401)) throw error; // already signed out
      }
    },
    onSuccess: () => {
      chat.signedOut();
      if (stillHere()) endSession(client);
    },
    onError: (error) => {
      if (!stillHere()) {
        chat.signedOut();
        return;
      }
      setLeaving(false);
      showToast(texts.sidebar.notSignedOut(error.message), { look: "problem", action: { label: texts.tryAgain, run: () => mutate() } });
    },
  });
  return () => mutate();
}
