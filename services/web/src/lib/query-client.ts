// How fetched data is kept and retried: trouble on the way is retried, a refusal is not.
import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./http";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always", // the server may be on this machine: the browser's idea of "offline" says nothing
        staleTime: 30_000,
        refetchOnWindowFocus: false, // the live line says when something is out of date
        refetchOnReconnect: false,
        retry: (failures, error) => error instanceof ApiError && error.passing && failures < 5,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
      },
      mutations: { networkMode: "always" },
    },
  });
}

export const queryKeys = {
  me: ["me"],
  sessions: ["sessions"],
  conversations: ["conversations"],
  conversation: (id: string) => ["conversation", id],
  members: (id: string) => ["members", id],
  membersCalled: (id: string, query: string) => ["members", id, "called", query],
  naming: (id: string, query: string) => ["members", id, "naming", query],
  successors: (id: string) => ["members", id, "successors"],
  bans: (id: string) => ["bans", id],
  requests: (id: string) => ["requests", id],
  ownRequests: ["own-requests"],
  invitations: (id: string) => ["invitations", id],
  invitation: (token: string) => ["invitation", token],
  preferences: ["preferences"],
  /** Asked for anew with the preferences. */
  follow: (id: string, root: number) => ["preferences", "follow", id, root],
  reads: (id: string) => ["reads", id],
  search: (query: string) => ["search", query],
  publicConversations: (query: string) => ["public-conversations", query],
  userSearch: (query: string) => ["user-search", query],
  message: (id: string, seq: number) => ["message", id, seq],
  edits: (id: string, seq: number) => ["edits", id, seq],
  pins: (id: string) => ["pins", id],
  user: (id: string) => ["user", id],
} as const;
