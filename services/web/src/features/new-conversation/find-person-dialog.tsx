// Find a person by the start of a name and open the direct conversation with them.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { findUsers } from "../../lib/api/find-users";
import { startDirect } from "../../lib/api/start-direct";
import { useChat } from "../../lib/chat-context";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { UserAvatar } from "../../lib/ui/avatar";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";
import { useSettled } from "../../lib/use-settled";
import styles from "./new-conversation.module.css";

export function FindPersonDialog({ onClose }: { onClose: () => void }) {
  const { userId } = useChat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const query = useSettled(text.trim());
  const found = useQuery({
    queryKey: queryKeys.userSearch(query),
    queryFn: ({ signal }) => findUsers(query, signal),
    enabled: query !== "",
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const start = useMutation({
    mutationFn: startDirect,
    onSuccess: async (conversation) => {
      client.setQueryData(queryKeys.conversation(conversation.id), conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      onClose();
      await navigate(`/c/${conversation.id}`);
    },
  });
  const people = (found.data ?? []).filter((user) => user.id !== userId);

  return (
    <Dialog title={texts.person.title} description={texts.person.text} open onOpenChange={onClose}>
      <Field label={texts.person.search} type="search" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} error={start.error?.message} />
      {query !== "" && found.isPending && <Skeleton label={texts.person.searching} shape="rows" count={3} />}
      {found.isError && <p role="alert">{found.error.message}</p>}
      <ul className={rows["list"]} aria-label={texts.person.list}>
        {query !== "" &&
          people.map((user) => (
            <li key={user.id}>
              <button type="button" className={rows["row"]} disabled={start.isPending} onClick={() => start.mutate(user.id)}>
                <UserAvatar user={user} />
                <span className={rows["names"]}>
                  <strong>{user.displayName}</strong>
                  <span>{texts.person.handle(user.username)}</span>
                </span>
              </button>
            </li>
          ))}
      </ul>
      <p className={styles["nothing"]} role="status">
        {query !== "" && found.isSuccess && people.length === 0 ? (found.data.length > 0 ? texts.person.nobodyElse(query) : texts.person.nobody(query)) : ""}
      </p>
    </Dialog>
  );
}
