// Joins the live part to the fetched part: what an event makes outdated is fetched again.
import type { QueryClient } from "@tanstack/react-query";
import { endSession } from "../features/session/use-session";
import type { Signal, User } from "../lib/api-types";
import { Chat } from "../lib/chat";
import { directWith, ListRefresher } from "../lib/list-cache";
import { queryKeys } from "../lib/query-client";
import { texts } from "../lib/texts";
import { showToast } from "../lib/toasts";
import { noteRead } from "../lib/use-reads";

/** The first part of the keys of what is fetched of a conversation; the last two are of the user. */
const OF_CONVERSATIONS = ["conversation", "members", "bans", "requests", "invitations", "reads", "preferences", "own-requests"];
/** The same of single messages: each tells by its own events that it changed. */
const OF_MESSAGES = ["message", "edits", "pins"];

export function createChat(user: User, client: QueryClient): Chat {
  const list = new ListRefresher(client);
  const again = (queryKey: readonly string[]) => void client.invalidateQueries({ queryKey });

  function take(signal: Signal): void {
    switch (signal.type) {
      case "conversation.activity":
        list.soon(signal.conversationId);
        break;
      case "preferences.changed":
        again(queryKeys.preferences);
        if (signal.conversationId === null) again(queryKeys.conversations);
        else list.soon(signal.conversationId);
        break;
      case "profile.changed":
        again(queryKeys.user(signal.userId));
        again(["members"]);
        for (const id of directWith(client, signal.userId)) list.soon(id);
        if (signal.userId === user.id) again(queryKeys.me);
        break;
      case "requests.changed":
        again(queryKeys.requests(signal.conversationId));
        again(queryKeys.ownRequests);
        break;
      case "read.moved":
        noteRead(client, signal);
        break;
      default:
    }
  }

  const chat: Chat = new Chat(user.id, {
    outdated: (conversationId) => {
      again(queryKeys.conversations);
      if (conversationId === undefined) for (const key of [...OF_CONVERSATIONS, ...OF_MESSAGES]) again([key]);
      else for (const key of OF_CONVERSATIONS.slice(0, -2)) again([key, conversationId]);
    },
    messageChanged: (conversationId, seq) => {
      void client.invalidateQueries({ queryKey: queryKeys.message(conversationId, seq) });
      void client.invalidateQueries({ queryKey: queryKeys.edits(conversationId, seq) });
      again(queryKeys.pins(conversationId));
    },
    changeFailed: ({ conversationId, seq, change }, error) => {
      const repeat = { label: texts.tryAgain, run: () => chat.change(conversationId, seq, change) };
      showToast(texts.actions.failed[change.kind](error.message), { look: "problem", ...(error.passing && { action: repeat }) });
    },
    signal: (signal) => take(signal),
    sessionEnded: () => endSession(client),
  });
  return chat;
}
