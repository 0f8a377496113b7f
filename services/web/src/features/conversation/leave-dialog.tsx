// Asks before a group is left.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { leaveGroup } from "../../lib/api/leave-group";
import { useChat } from "../../lib/chat-context";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Dialog } from "../../lib/ui/dialog";
import styles from "./conversation-view.module.css";

export function LeaveDialog({ conversationId, title, onClose }: { conversationId: string; title: string; onClose: () => void }) {
  const chat = useChat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: () => leaveGroup(conversationId),
    onSuccess: async () => {
      await navigate("/");
      chat.leave(conversationId);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
      void client.invalidateQueries({ queryKey: queryKeys.conversation(conversationId) });
      showToast(texts.conversation.left(title));
    },
  });
  return (
    <Dialog title={texts.conversation.leaveTitle(title)} description={texts.conversation.leaveText} open onOpenChange={onClose}>
      {leave.isError && <p role="alert">{leave.error.message}</p>}
      <div className={styles["actions"]}>
        <Button look="quiet" onClick={onClose}>
          {texts.conversation.stay}
        </Button>
        <Button look="danger" disabled={leave.isPending} onClick={() => leave.mutate()}>
          {texts.conversation.leave}
        </Button>
      </div>
    </Dialog>
  );
}
