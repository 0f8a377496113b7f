// The groups that anyone may join: look into one, or join it at once.
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { joinGroup } from "../../lib/api/join-group";
import { listPublicConversations } from "../../lib/api/list-public-conversations";
import { conversationTitle } from "../../lib/conversation-summary";
import type { Conversation } from "../../lib/api-types";
import { queryKeys } from "../../lib/query-client";
import { Avatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import { Waiting } from "../../lib/ui/notice";
import rows from "../../lib/ui/person-row.module.css";
import styles from "./new-conversation.module.css";
import { useSettled } from "./use-settled";

export function BrowseGroupsDialog({ onClose }: { onClose: () => void }) {
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
    <Dialog title="Browse groups" description="Groups that anyone here may join." open onOpenChange={onClose}>
      <Field label="Search groups" type="search" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} error={join.error?.message} />
      {groups.isPending && <Waiting label="Loading groups" />}
      {groups.isError && <p role="alert">{groups.error.message}</p>}
      <ul className={rows["list"]} aria-label="Groups">
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
              Show more
            </Button>
          </li>
        )}
      </ul>
      <p className={styles["nothing"]} role="status">
        {groups.isSuccess && found.length === 0 ? (query === "" ? "There are no groups yet." : "No group of that name.") : ""}
      </p>
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
      <button type="button" className={rows["row"]} onClick={onOpen} title={group.role === null ? "Look into the group" : "Open the group"}>
        <Avatar id={group.id} name={name} shape="group" />
        <span className={rows["names"]}>
          <strong>{name}</strong>
          <span>
            {group.role === null ? "" : "You are in · "}
            {count === 0 ? "No messages yet" : count === 1 ? "1 message" : `${count} messages`}
          </span>
        </span>
      </button>
      {group.role === null && (
        <Button look="soft" onClick={onJoin} disabled={busy} aria-label={`Join ${name}`}>
          Join
        </Button>
      )}
    </li>
  );
}
