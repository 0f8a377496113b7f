// Who is in a group: found by name, with their roles and whether they are there; and what one may do about them.
import { keepPreviousData, useQueryClient, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listMembers } from "../../lib/api/list-members";
import type { Conversation } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { openPanel } from "../../lib/panels";
import { queryKeys } from "../../lib/query-client";
import { isAdmin } from "../../lib/rights";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";
import { usePresence } from "../../lib/use-presence";
import { useSettled } from "../../lib/use-settled";
import { MemberQuestion, type Question } from "./member-question";
import { MemberRow } from "./member-row";
import styles from "./members.module.css";

export function MembersDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id, role } = conversation;
  const { userId } = useChat();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const query = useSettled(text.trim().replace(/^@/, ""));
  const list = useInfiniteQuery({
    queryKey: queryKeys.membersCalled(id, query),
    queryFn: ({ pageParam, signal }) => listMembers(id, { query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const shown = (list.data?.pages ?? []).flatMap((page) => page.members);
  const presence = usePresence(shown.slice(0, 100).map(({ user }) => user.id));
  const title = conversationTitle(conversation);
  const changed = () => client.invalidateQueries({ queryKey: queryKeys.members(id) });

  if (question !== null) return <MemberQuestion conversationId={id} question={question} onDone={() => void changed()} onClose={() => setQuestion(null)} />;
  return (
    <Dialog title={texts.conversation.members} description={texts.conversation.membersOf(title)} open onOpenChange={onClose}>
      <div className={styles["tools"]}>
        <Field label={texts.manage.membersSearch} type="search" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
        {isAdmin(conversation) && (
          <Button look="soft" onClick={() => openPanel("add", id)}>
            {texts.manage.add}
          </Button>
        )}
      </div>
      {list.isPending && <Skeleton label={texts.conversation.loadingMembers} shape="rows" count={4} />}
      {list.isError && <p role="alert">{list.error.message}</p>}
      <ul className={rows["list"]} aria-label={texts.conversation.members}>
        {shown.map((member) => (
          <MemberRow
            key={member.user.id}
            conversationId={id}
            member={member}
            presence={presence.get(member.user.id)}
            mine={role}
            own={member.user.id === userId}
            onAsk={setQuestion}
            onChanged={() => void changed()}
          />
        ))}
        {list.hasNextPage && (
          <li className={rows["row"]}>
            <Button look="quiet" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {texts.showMore}
            </Button>
          </li>
        )}
      </ul>
      <p role="status" className={styles["nothing"]}>
        {list.isSuccess && shown.length === 0 ? texts.manage.noMember(query) : ""}
      </p>
    </Dialog>
  );
}
