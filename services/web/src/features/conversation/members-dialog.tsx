// Who is in a group.
import { useInfiniteQuery } from "@tanstack/react-query";
import { listMembers } from "../../lib/api/list-members";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Avatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";

export function MembersDialog({ conversationId, title, onClose }: { conversationId: string; title: string; onClose: () => void }) {
  const list = useInfiniteQuery({
    queryKey: queryKeys.members(conversationId),
    queryFn: ({ pageParam, signal }) => listMembers(conversationId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const members = (list.data?.pages ?? []).flatMap((page) => page.members);
  return (
    <Dialog title={texts.conversation.members} description={texts.conversation.membersOf(title)} open onOpenChange={onClose}>
      {list.isPending && <Skeleton label={texts.conversation.loadingMembers} shape="rows" count={4} />}
      {list.isError && <p role="alert">{list.error.message}</p>}
      <ul className={rows["list"]} aria-label={texts.conversation.members}>
        {members.map(({ user, role }) => (
          <li key={user.id} className={rows["row"]}>
            <Avatar id={user.id} name={user.displayName} />
            <span className={rows["names"]}>
              <strong>{user.displayName}</strong>
              <span>
                {texts.person.handle(user.username)}
                {role === "member" ? "" : ` · ${texts.roles[role]}`}
              </span>
            </span>
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
    </Dialog>
  );
}
