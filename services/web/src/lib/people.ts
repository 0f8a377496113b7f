// Who is behind an id: names are asked for in batches and kept.
import { useQueries, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { getUsers } from "./api/get-users";
import type { User } from "./api-types";
import { queryKeys } from "./query-client";

const BATCH = 100;
type Waiting = { resolve: (user: User | null) => void; reject: (error: unknown) => void };
const waiting = new Map<string, Waiting[]>();

/** Puts users that some answer brought along where `usePeople` finds them. */
export function rememberPeople(client: QueryClient, users: readonly User[]): void {
  for (const user of users) client.setQueryData(queryKeys.user(user.id), user);
}

/** The users behind these ids, as far as they are known by now. */
export function usePeople(ids: readonly string[]): ReadonlyMap<string, User> {
  const client = useQueryClient();
  const unique = [...new Set(ids)];
  return useQueries(
    {
      queries: unique.map((id) => ({ queryKey: queryKeys.user(id), queryFn: () => askFor(id), staleTime: 10 * 60_000 })),
      combine: mapOfKnown,
    },
    client,
  );
}

function mapOfKnown(results: { data: User | null | undefined }[]): ReadonlyMap<string, User> {
  return new Map(results.flatMap(({ data }) => (data ? [[data.id, data] as const] : [])));
}

function askFor(id: string): Promise<User | null> {
  return new Promise((resolve, reject) => {
    if (waiting.size === 0) setTimeout(() => void askAll(), 5);
    waiting.set(id, [...(waiting.get(id) ?? []), { resolve, reject }]);
  });
}

async function askAll(): Promise<void> {
  const asked = new Map(waiting);
  waiting.clear();
  const ids = [...asked.keys()];
  for (let start = 0; start < ids.length; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    const callers = batch.flatMap((id) => (asked.get(id) ?? []).map((caller) => ({ id, ...caller })));
    try {
      const users = new Map((await getUsers(batch)).map((user) => [user.id, user]));
      for (const { id, resolve } of callers) resolve(users.get(id) ?? null);
    } catch (error) {
      for (const { reject } of callers) reject(error);
    }
  }
}
