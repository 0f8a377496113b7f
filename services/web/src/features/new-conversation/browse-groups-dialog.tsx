// The groups that anyone may join: look into one, or join it at once.
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { joinGroup } from "../../lib/api/join-group";
import { listPublicConversations } from "../../lib/api/list-public-conversations";
import { conversationTitle } from "../../lib/conversation-summary";
import type { Conversation } from "../../lib/api-types";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { GroupAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";
import { useSettled } from "../../lib/use-settled";
import styles from "./new-conversation.module.css";

export function BrowseGroupsDialog({ onClose, onCreate }: { onClose: () => void; onCreate: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const query = useSettled(text.trim());
  const groups = useInfiniteQuery({
    queryKey: queryKeys.publicConversations(query),
    queryFn: ({ pageParam, signal }) => listPublicConversations({ query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const found = (groups.data?.pages ?? []).flatMap((page) => page.conversations);

  async function open(id: string) {
    onClose();
    await navigate(`/c/${id}`);
  }
  const join = useMutation({
    mutationFn: joinGroup,
    onSuccess: async (conversation) => {
      client.setQueryData(queryKeys.conversation(conversation.id), conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      await open(conversation.id);
    },
  });

  return (
    <Dialog title={texts.browse.title} description={texts.browse.text} open onOpenChange={onClose}>
      <Field label={texts.browse.search} type="search" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} error={join.error?.message} />
      {groups.isPending && <Skeleton label={texts.browse.loading} shape="rows" count={5} />}
      {groups.isError && <p role="alert">{groups.error.message}</p>}
      <ul className={rows["list"]} aria-label={texts.browse.list}>
        {found.map((group) => (
          <GroupRow
            key={group.id}
            group={group}
            busy={join.isPending}
            onOpen={() => void open(group.id)}
            onJoin={() => join.mutate(group.id)}
          />
        ))}
        {groups.hasNextPage && (
          <li className={styles["actions"]}>
            <Button look="quiet" onClick={() => void groups.fetchNextPage()}>
              {texts.showMore}
            </Button>
          </li>
        )}
      </ul>
      <p className={styles["nothing"]} role="status">
        {groups.isSuccess && found.length === 0 ? (query === "" ? texts.browse.none : texts.browse.noMatch(query)) : ""}
      </p>
      {groups.isSuccess && found.length === 0 && (
        <Button look="soft" className={styles["next"]} onClick={onCreate}>
          {texts.browse.create}
        </Button>
      )}
    </Dialog>
  );
}

interface GroupRowProps {
  group: Conversation;
  busy: boolean;
  onOpen: () => void;
  onJoin: () => void;
}

function GroupRow({ group, busy, onOpen, onJoin }: GroupRowProps) {
  const name = conversationTitle(group);
  const count = group.head.messageNo;
  return (
    <li className={rows["split"]}>
      <button type="button" className={rows["row"]} onClick={onOpen} title={group.role === null ? texts.browse.lookInto : texts.browse.open}>
        <GroupAvatar id={group.id} name={name} />
        <span className={rows["names"]}>
          <strong>{name}</strong>
          <span>
            {group.role === null ? "" : texts.browse.youAreIn}
            {count === 0 ? texts.browse.empty : texts.browse.count(count)}
          </span>
        </span>
      </button>
      {group.role === null && (
        <Button look="soft" onClick={onJoin} disabled={busy} aria-label={texts.browse.joinNamed(name)}>
          {texts.browse.join}
        </Button>
      )}
    </li>
  );
}
