// Joins the live part to the fetched part: what an event makes outdated is fetched again.
import type { QueryClient } from "@tanstack/react-query";
import { endSession } from "../features/session/use-session";
import type { User } from "../lib/api-types";
import { Chat } from "../lib/chat";
import { queryKeys } from "../lib/query-client";

export function createChat(user: User, client: QueryClient): Chat {
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
