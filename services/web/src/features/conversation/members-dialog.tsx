// Who is in a group.
import { useInfiniteQuery } from "@tanstack/react-query";
import { listMembers } from "../../lib/api/list-members";
import { queryKeys } from "../../lib/query-client";
import { Avatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Waiting } from "../../lib/ui/notice";
import rows from "../../lib/ui/person-row.module.css";

export function MembersDialog({ conversationId, title, onClose }: { conversationId: string; title: string; onClose: () => void }) {
  const list = useInfiniteQuery({
    queryKey: queryKeys.members(conversationId),
    queryFn: ({ pageParam, signal }) => listMembers(conversationId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const members = (list.data?.pages ?? []).flatMap((page) => page.members);
  return (
    <Dialog title="Members" description={`The people in ${title}.`} open onOpenChange={onClose}>
      {list.isPending && <Waiting label="Loading members" />}
      {list.isError && <p role="alert">{list.error.message}</p>}
      <ul className={rows["list"]} aria-label="Members">
        {members.map(({ user, role }) => (
          <li key={user.id} className={rows["row"]}>
            <Avatar id={user.id} name={user.displayName} />
            <span className={rows["names"]}>
              <strong>{user.displayName}</strong>
              <span>
                @{user.username}
                {role === "member" ? "" : ` · ${role}`}
              </span>
            </span>
          </li>
        ))}
        {list.hasNextPage && (
          <li className={rows["row"]}>
            <Button look="quiet" onClick={() => void list.fetchNextPage()}>
              Show more
            </Button>
          </li>
        )}
      </ul>
    </Dialog>
  );
}
