// Who asks to join; each is let in or refused.
import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { decideRequest } from "../../lib/api/requests";
import type { JoinRequest, User } from "../../lib/api-types";
import { agoTime, fullTime } from "../../lib/format-time";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { UserAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";
import { useNow } from "../../lib/use-now";
import styles from "./group-settings.module.css";

export function Requests({ conversationId, list }: { conversationId: string; list: UseQueryResult<JoinRequest[]> }) {
  const client = useQueryClient();
  const now = useNow();
  const decide = useMutation({
    mutationFn: ({ user, approve }: { user: User; approve: boolean }) => decideRequest(conversationId, user.id, approve),
    onSuccess: (_, { user, approve }) => approve && showToast(texts.manage.letIn(user.displayName)),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: queryKeys.requests(conversationId) });
      void client.invalidateQueries({ queryKey: queryKeys.members(conversationId) });
    },
  });
  const problem = decide.error ?? list.error;
  return (
    <>
      {list.isPending && <Skeleton label={texts.manage.loadingRequests} shape="rows" count={2} />}
      {problem !== null && (
        <p role="alert" className={styles["problem"]}>
          {problem.message}
        </p>
      )}
      <ul className={rows["list"]} aria-label={texts.manage.requests}>
        {(list.data ?? []).map(({ user, at }) => (
          <li key={user.id} className={rows["split"]}>
            <div className={rows["row"]}>
              <UserAvatar user={user} />
              <span className={rows["names"]}>
                <strong dir="auto">{user.displayName}</strong>
                <span>
                  {texts.person.handle(user.username)}
                  {" · "}
                  <time dateTime={at} title={fullTime(at)}>
                    {texts.manage.asked(agoTime(at, now))}
                  </time>
                </span>
              </span>
            </div>
            <Button look="quiet" disabled={decide.isPending} aria-label={texts.manage.refuseNamed(user.displayName)} onClick={() => decide.mutate({ user, approve: false })}>
              {texts.manage.refuse}
            </Button>
            <Button look="soft" disabled={decide.isPending} aria-label={texts.manage.approveNamed(user.displayName)} onClick={() => decide.mutate({ user, approve: true })}>
              {texts.manage.approve}
            </Button>
          </li>
        ))}
      </ul>
      <p role="status" className={styles["nothing"]}>
        {list.data?.length === 0 ? texts.manage.noRequests : ""}
      </p>
    </>
  );
}
