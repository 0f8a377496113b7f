// What a change of a message is as a request.

import type { PendingChange } from "../pending-changes";
import { deleteMessage } from "./delete-message";
import { editMessage } from "./edit-message";
import { pinMessage } from "./pin-message";
import { reactToMessage } from "./react-to-message";

/** What is so already stays so: each of them may be repeated. */
export async function sendChange({ conversationId, seq, change, clientId }: PendingChange): Promise<void> {
  switch (change.kind) {
    case "react":
      await reactToMessage(conversationId, seq, change.emoji, change.on);
      break;
    case "pin":
      await pinMessage(conversationId, seq, change.on);
      break;
    case "edit":
      await editMessage(conversationId, seq, { body: change.body, clientId });
      break;
    case "delete":
      await deleteMessage(conversationId, seq);
  }
}
