// The newest conversations are followed live, and their people are known by name.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { User } from "../lib/api-types";
import { useChat } from "../lib/chat-context";
import { rememberPeople } from "../lib/people";
import { FOLLOWED_PAGES, useConversationList } from "../lib/use-conversations";

export function useFollowedList(user: User): void {
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
