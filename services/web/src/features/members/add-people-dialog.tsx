// Adds people to a group, one after the other.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addMember } from "../../lib/api/add-member";
import { findUsers } from "../../lib/api/find-users";
import type { Conversation, User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { conversationTitle } from "../../lib/conversation-summary";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { UserAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import rows from "../../lib/ui/person-row.module.css";
import { Skeleton } from "../../lib/ui/skeleton";
import { useSettled } from "../../lib/use-settled";
import styles from "./members.module.css";

export function AddPeopleDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id } = conversation;
  const { userId } = useChat();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const query = useSettled(text.trim().replace(/^@/, ""));
  const found = useQuery({
    queryKey: queryKeys.userSearch(query),
    queryFn: ({ signal }) => findUsers(query, signal),
    enabled: query !== "",
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const add = useMutation({
    mutationFn: (user: User) => addMember(id, user.id),
    onSuccess: (_, user) => {
      setAdded(new Set(added).add(user.id));
      showToast(texts.manage.added(user.displayName));
      void client.invalidateQueries({ queryKey: queryKeys.members(id) });
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
    },
  });
  const people = query === "" ? [] : (found.data ?? []).filter((user) => user.id !== userId);
  return (
    <Dialog title={texts.manage.addTitle} description={texts.manage.addText(conversationTitle(conversation))} open onOpenChange={onClose}>
      <Field label={texts.manage.addSearch} type="search" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} error={add.error?.message} />
      {query !== "" && found.isPending && <Skeleton label={texts.person.searching} shape="rows" count={3} />}
      {found.isError && <p role="alert">{found.error.message}</p>}
      <ul className={rows["list"]} aria-label={texts.person.list}>
        {people.map((user) => (
          <li key={user.id} className={rows["split"]}>
            <div className={rows["row"]}>
              <UserAvatar user={user} />
              <span className={rows["names"]}>
                <strong dir="auto">{user.displayName}</strong>
                <span>{texts.person.handle(user.username)}</span>
              </span>
            </div>
            {added.has(user.id) ? (
              <span className={styles["role"]}>{texts.manage.isIn}</span>
            ) : (
              <Button look="soft" disabled={add.isPending} aria-label={texts.manage.addNamed(user.displayName)} onClick={() => add.mutate(user)}>
                {texts.manage.addShort}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className={styles["nothing"]} role="status">
        {query !== "" && found.isSuccess && people.length === 0 ? texts.person.nobody(query) : ""}
      </p>
    </Dialog>
  );
}
