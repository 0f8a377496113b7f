// Jumping to a message wherever it stands: shown already, further up, or in a thread.
import { useCallback, useState } from "react";
import { getMessage } from "../../lib/api/get-message";
import { useChat } from "../../lib/chat-context";
import { shownStretch } from "../../lib/history-stretch";
import { ApiError } from "../../lib/http";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";

/** Another object for every jump, also to the same message. "new" is the line above what is new. */
export interface JumpTarget {
  readonly seq: number | "new";
  readonly part: "messages" | "replies";
}

export function useJump(id: string, openThread: (root: number) => void) {
  const chat = useChat();
  const [target, setTarget] = useState<JumpTarget | null>(null);
  const isShown = useCallback(
    (seq: number) => {
      const log = chat.snapshot().feeds.get(id)?.log;
      return log ? shownStretch(log).messages.some((message) => message.seq === seq) : false;
    },
    [chat, id],
  );

  const jump = useCallback(
    async (seq: number) => {
      const read = await chat.showAround(id, seq);
      await Promise.resolve(); // the snapshot follows a turn later
      if (read && isShown(seq)) {
        setTarget({ seq, part: "messages" });
        return;
      }
      try {
        const { threadSeq } = await getMessage(id, seq);
        if (threadSeq === null) throw new ApiError(404, "not_found", texts.jump.gone);
        openThread(threadSeq);
        setTarget({ seq, part: "replies" });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        showToast(error.passing ? texts.jump.failed(error.message) : texts.jump.gone, { look: "problem" });
      }
    },
    [chat, id, openThread, isShown],
  );

  /** To the line above what is new; `readSeq` is the last message that was read. */
  const jumpToNew = useCallback(
    async (readSeq: number) => {
      if (readSeq === 0 || (await chat.showAround(id, readSeq))) setTarget({ seq: "new", part: "messages" });
    },
    [chat, id],
  );

  return { target, jumpTo: useCallback((seq: number) => void jump(seq), [jump]), jumpToNew, clearTarget: useCallback(() => setTarget(null), []) };
}
