// Create a group: its name, what it is about, and who gets in. The id made here makes a repeated attempt give the
// same group.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { createGroup } from "../../lib/api/create-group";
import type { Visibility } from "../../lib/api-types";
import { newClientId } from "../../lib/client-id";
import { ApiError } from "../../lib/http";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Choice } from "../../lib/ui/choice";
import { Dialog } from "../../lib/ui/dialog";
import { Field } from "../../lib/ui/field";
import styles from "./new-conversation.module.css";

const EMPTY = { name: "", topic: "", visibility: "public" as Visibility };

export function CreateGroupDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [group, setGroup] = useState(() => ({ ...EMPTY, clientId: newClientId() }));
  // Other settings are another request, and another request needs another id.
  const set = (part: Partial<typeof EMPTY>) => setGroup({ ...group, ...part, clientId: newClientId() });
  const create = useMutation({
    mutationFn: createGroup,
    onSuccess: async (conversation) => {
      client.setQueryData(queryKeys.conversation(conversation.id), conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      onClose();
      await navigate(`/c/${conversation.id}`);
    },
  });
  const wrong = create.error instanceof ApiError ? create.error.field : null;
  function submit(event: SubmitEvent) {
    event.preventDefault();
    create.mutate({ ...group, name: group.name.trim(), topic: group.topic.trim() });
  }
  return (
    <Dialog title={texts.group.title} description={texts.group.text} open onOpenChange={onClose}>
      <form className={styles["form"]} onSubmit={submit}>
        <Field
          label={texts.group.name}
          autoComplete="off"
          value={group.name}
          onChange={(event) => set({ name: event.target.value })}
          error={wrong === "topic" ? null : create.error?.message}
          required
        />
        <Field
          label={texts.manage.topic}
          autoComplete="off"
          hint={texts.manage.topicHint}
          value={group.topic}
          onChange={(event) => set({ topic: event.target.value })}
          error={wrong === "topic" ? create.error?.message : null}
        />
        <Choice<Visibility>
          label={texts.manage.visibility}
          value={group.visibility}
          onChange={(visibility) => set({ visibility })}
          options={(["public", "private"] as const).map((value) => ({ value, label: texts.manage.visibilities[value], hint: texts.manage.visibilityHints[value] }))}
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
