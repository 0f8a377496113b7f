// Stands in the composer's place while one only looks into a group.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { joinGroup } from "../../lib/api/join-group";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import styles from "./conversation-view.module.css";

export function JoinBar({ conversationId, title }: { conversationId: string; title: string }) {
  const client = useQueryClient();
  const join = useMutation({
    mutationFn: () => joinGroup(conversationId),
    onSuccess: (conversation) => {
      client.setQueryData(queryKeys.conversation(conversationId), conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
    },
  });
  return (
    <div className={styles["join"]}>
      <p>{join.isError ? join.error.message : texts.conversation.lookingIn}</p>
      <Button disabled={join.isPending} onClick={() => join.mutate()}>
        {texts.conversation.join(title)}
      </Button>
    </div>
  );
}
