// Who is signed in. Null means nobody; the cookie itself is out of reach of scripts, so the server is asked,
// but only where somebody has signed in before.
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { getMe } from "../../lib/api/get-me";
import type { User } from "../../lib/api-types";
import { ApiError } from "../../lib/http";
import { signedInMark } from "../../lib/signed-in-mark";
import { clearToasts } from "../../lib/toasts";
import { queryKeys } from "../../lib/query-client";

export function useSession() {
  return useQuery({
    queryKey: queryKeys.me,
    queryFn: ({ signal }) => (signedInMark.isSet() ? getMe(signal) : null),
    staleTime: Infinity,
    // Without it there is nothing to show: try until the server is there.
    retry: (_, error) => error instanceof ApiError && error.passing,
  });
}

/** True from when somebody asks to be signed out: whoever signs in next does not land where they were. */
let leaving = false;

export const isLeaving = (): boolean => leaving;

export function setLeaving(is: boolean): void {
  leaving = is;
}

export function beginSession(client: QueryClient, user: User): void {
  leaving = false;
  signedInMark.set();
  client.setQueryData(queryKeys.me, user);
}

/** Also forgets all that was fetched or sent, passwords among it: another person may sign in next. */
export function endSession(client: QueryClient): void {
  signedInMark.clear();
  clearToasts();
  client.setQueryData(queryKeys.me, null);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKeys.me[0] });
  client.getMutationCache().clear();
}
