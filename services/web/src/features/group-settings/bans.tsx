// Who may not come back.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { unban } from "../../lib/api/ban";
import { listBans } from "../../lib/api/list-bans";
import type { User } from "../../lib/api-types";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { UserAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";
import styles from "./group-settings.module.css";

export function Bans({ conversationId }: { conversationId: string }) {
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: queryKeys.bans(conversationId),
    queryFn: ({ pageParam, signal }) => listBans(conversationId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const lift = useMutation({
    mutationFn: (user: User) => unban(conversationId, user.id),
    onSuccess: (_, user) => void showToast(texts.manage.unbanned(user.displayName)),
    onSettled: () => void client.invalidateQueries({ queryKey: queryKeys.bans(conversationId) }),
  });
  const banned = (list.data?.pages ?? []).flatMap((page) => page.users);
  const problem = lift.error ?? list.error;
  return (
    <>
      {list.isPending && <Skeleton label={texts.manage.loadingBans} shape="rows" count={2} />}
      {problem !== null && (
        <p role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      <ul className={rows["list"]} aria-label={texts.manage.bans}>
        {banned.map((user) => (
          <li key={user.id} className={rows["split"]}>
            <div className={rows["row"]}>
              <UserAvatar user={user} />
              <span className={rows["names"]}>
                <strong dir="auto">{user.displayName}</strong>
                <span>{texts.person.handle(user.username)}</span>
              </span>
            </div>
            <Button look="soft" disabled={lift.isPending} aria-label={texts.manage.unbanNamed(user.displayName)} onClick={() => lift.mutate(user)}>
              {texts.manage.unban}
            </Button>
          </li>
        ))}
        {list.hasNextPage && (
          <li className={rows["row"]}>
            <Button look="quiet" onClick={() => void list.fetchNextPage()}>
              {texts.showMore}
            </Button>
          </li>
        )}
      </ul>
      <p role="status" className={styles["nothing"]}>
        {list.isSuccess && banned.length === 0 ? texts.manage.noBans : ""}
      </p>
    </>
  );
}
