// Brings one conversation of the fetched list up to date, when a signal said that something moved in it.
//
// A conversation in which much is said is asked for only now and then, and the moment is a little random: a
// signal reaches everybody at the same time.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { getConversation } from "./api/get-conversation";
import type { Conversation, ConversationsPage } from "./api-types";
import { ApiError } from "./http";
import { queryKeys } from "./query-client";

type Pages = InfiniteData<ConversationsPage>;

const WAIT_MILLIS = { least: 150, spread: 600, between: 3_000 };

export class ListRefresher {
  readonly #client: QueryClient;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #askedAt = new Map<string, number>();

  constructor(client: QueryClient) {
    this.#client = client;
  }

  soon(id: string): void {
    if (this.#timers.has(id)) return;
    const early = Math.max(0, (this.#askedAt.get(id) ?? 0) + WAIT_MILLIS.between - Date.now());
    const wait = early + WAIT_MILLIS.least + Math.random() * WAIT_MILLIS.spread;
    this.#timers.set(
      id,
      setTimeout(() => void this.#ask(id), wait),
    );
  }

  async #ask(id: string): Promise<void> {
    this.#timers.delete(id);
    this.#askedAt.set(id, Date.now());
    try {
      putListed(this.#client, await getConversation(id));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      void this.#client.invalidateQueries({ queryKey: queryKeys.conversations });
    }
  }
}

/** The conversations of the list that are called like this person. */
export function directWith(client: QueryClient, userId: string): string[] {
  const pages = client.getQueryData<Pages>(queryKeys.conversations)?.pages ?? [];
  return pages.flatMap((page) => page.conversations.filter((one) => one.receivers.some((user) => user.id === userId)).map((one) => one.id));
}

/** In its place of the list, or in front if it is new there. */
export function putListed(client: QueryClient, conversation: Conversation): void {
  client.setQueryData(queryKeys.conversation(conversation.id), conversation);
  client.setQueryData<Pages>(queryKeys.conversations, (data) => {
    if (data === undefined) return data;
    const known = data.pages.some((page) => page.conversations.some((one) => one.id === conversation.id));
    const pages = data.pages.map((page, index) => ({
      ...page,
      conversations:
        !known && index === 0 && conversation.role !== null
          ? [conversation, ...page.conversations]
          : page.conversations.map((one) => (one.id === conversation.id ? conversation : one)),
    }));
    return { ...data, pages };
  });
}
