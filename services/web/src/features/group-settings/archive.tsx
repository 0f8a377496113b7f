// Lets a group rest, or brings it back.
import { useState } from "react";
import type { Conversation } from "../../lib/api-types";
import { conversationTitle } from "../../lib/conversation-summary";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Confirm } from "../../lib/ui/confirm";
import { useConversationChange } from "../../lib/use-conversation-change";
import styles from "./group-settings.module.css";

export function Archive({ conversation }: { conversation: Conversation }) {
  const { id, archived } = conversation;
  const [asking, setAsking] = useState(false);
  const change = useConversationChange(id);
  function set(next: boolean) {
    change.mutate(
      { archived: next },
      {
        onSuccess: () => {
          setAsking(false);
          showToast(next ? texts.manage.archived : texts.manage.unarchived);
        },
      },
    );
  }
  return (
    <div className={styles["archive"]}>
      <p>{archived ? texts.manage.unarchiveText : texts.manage.archiveText}</p>
      {change.isError && !asking && (
        <p role="alert" className={styles["problem"]}>
          {change.error.message}
        </p>
      )}
      <Button look={archived ? "soft" : "quiet"} disabled={change.isPending} onClick={() => (archived ? set(false) : setAsking(true))}>
        {archived ? texts.manage.unarchive : texts.manage.archive}
      </Button>
      {asking && (
        <Confirm
          title={texts.manage.archiveConfirm(conversationTitle(conversation))}
          text={texts.manage.archiveText}
          action={texts.manage.archive}
          danger
          busy={change.isPending}
          error={change.error}
          onConfirm={() => set(true)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
