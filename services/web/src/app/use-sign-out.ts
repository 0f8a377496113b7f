// Signs out; if that fails one is still signed in, and is told so.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { endSession } from "../features/session/use-session";
import { signOut } from "../lib/api/sign-out";
import { useChat } from "../lib/chat-context";
import { ApiError } from "../lib/http";
import { texts } from "../lib/texts";
import { showToast } from "../lib/toasts";

export function useSignOut(): () => void {
  const chat = useChat();
  const client = useQueryClient();
  const { mutate } = useMutation({
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
    onError: (error) => {
      showToast(texts.sidebar.notSignedOut(error.message), { look: "problem", action: { label: texts.tryAgain, run: () => mutate() } });
    },
  });
  return () => mutate();
}
