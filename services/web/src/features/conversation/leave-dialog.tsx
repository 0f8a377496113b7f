// Asks before a group is left.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { leaveGroup } from "../../lib/api/leave-group";
import { useChat } from "../../lib/chat-context";
import { queryKeys } from "../../lib/query-client";
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
    },
  });
  return (
    <Dialog title={`Leave ${title}?`} description="You can join again at any time." open onOpenChange={onClose}>
      {leave.isError && <p role="alert">{leave.error.message}</p>}
      <div className={styles["actions"]}>
        <Button look="quiet" onClick={onClose}>
          Stay
        </Button>
        <Button look="danger" disabled={leave.isPending} onClick={() => leave.mutate()}>
          Leave group
        </Button>
      </div>
    </Dialog>
  );
}
