// Create a group by naming it. The id made here makes a repeated attempt give the same group.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { createGroup } from "../../lib/api/create-group";
import { newClientId } from "../../lib/client-id";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import styles from "./new-conversation.module.css";

export function CreateGroupDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [group, setGroup] = useState({ name: "", clientId: newClientId() });
  const create = useMutation({
    mutationFn: createGroup,
    onSuccess: async (conversation) => {
      client.setQueryData(queryKeys.conversation(conversation.id), conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      onClose();
      await navigate(`/c/${conversation.id}`);
    },
  });
  function submit(event: SubmitEvent) {
    event.preventDefault();
    create.mutate({ ...group, name: group.name.trim() });
  }
  return (
    <Dialog title={texts.group.title} description={texts.group.text} open onOpenChange={onClose}>
      <form className={styles["form"]} onSubmit={submit}>
        <Field
          label={texts.group.name}
          autoComplete="off"
          value={group.name}
          // Another name is another request, and another request needs another id.
          onChange={(event) => setGroup({ name: event.target.value, clientId: newClientId() })}
          error={create.error?.message}
          required
        />
        <div className={styles["actions"]}>
          <Button look="quiet" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button type="submit" disabled={create.isPending || group.name.trim() === ""}>
            {texts.group.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
