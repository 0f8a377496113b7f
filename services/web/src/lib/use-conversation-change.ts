// A change of a group whose answer is the group as it is now.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { changeConversation } from "./api/change-conversation";
import type { ChangeConversationBody } from "./api-types";
import { newClientId } from "./client-id";
import { putListed } from "./list-cache";
import { queryKeys } from "./query-client";

export function useConversationChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ChangeConversationBody) => changeConversation(id, { ...change, clientId: newClientId() }),
    onSuccess: (conversation) => {
      putListed(client, conversation);
      void client.invalidateQueries({ queryKey: queryKeys.conversations });
    },
  });
}
