// What a list of messages shows, and how it gets more: the timeline, or the replies of a thread.
import { useMemo } from "react";
import type { Message } from "../../lib/api-types";
import { useChat, useChatSnapshot, useFeed } from "../../lib/chat-context";
import { shownStretch } from "../../lib/history-stretch";
import type { ApiError } from "../../lib/http";
import { withPendingChanges } from "../../lib/pending-changes";
import { layOut, type Row } from "./conversation-layout";

export interface MessageSource {
  readonly messages: readonly Message[];
  readonly rows: readonly Row[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly loading: boolean;
  readonly error: ApiError | null;
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
  /** Own ones on their way, by `clientId`. */
  readonly own: readonly string[];
}

const NONE: readonly Message[] = [];

/** The messages of a conversation; null while its history was not read yet. */
export function useTimeline(id: string, readBefore: number | null): MessageSource | null {
  const chat = useChat();
  const { log, loading, error } = useFeed(id);
  const stretch = log === null || log.history === "none" ? null : shownStretch(log);
  // What is being sent stands at the newest end only.
  const list = useRows(id, stretch?.messages ?? NONE, null, readBefore, stretch?.hasNewer === true);
  if (stretch === null) return null;
  const { hasOlder, hasNewer } = stretch;
  return { ...list, hasOlder, hasNewer, loading, error, loadOlder: () => chat.loadOlder(id), loadNewer: () => chat.loadNewer(id) };
}

/** The replies of the thread that is open; null while it is another one. */
export function useReplies(id: string, root: number): MessageSource | null {
  const chat = useChat();
  const { log, thread } = useFeed(id);
  const open = log?.thread?.root === root ? log.thread : null;
  const list = useRows(id, open?.replies ?? NONE, root, null, false);
  if (open === null) return null;
  return { ...list, ...thread, hasOlder: open.hasOlder, hasNewer: false, loadOlder: () => chat.loadOlderReplies(id), loadNewer: () => undefined };
}

function useRows(id: string, loaded: readonly Message[], threadSeq: number | null, readBefore: number | null, middle: boolean) {
  const { userId } = useChat();
  const { pending, changes } = useChatSnapshot();
  const mine = useMemo(() => changes.filter((one) => one.conversationId === id), [changes, id]);
  const messages = useMemo(() => withPendingChanges(loaded, mine, userId), [loaded, mine, userId]);
  const own = useMemo(() => pending.filter((one) => one.conversationId === id && one.threadSeq === threadSeq), [pending, id, threadSeq]);
  const rows = useMemo(() => layOut({ messages, pending: middle ? [] : own, userId, readBefore }), [messages, own, userId, readBefore, middle]);
  return { messages, rows, own: useMemo(() => own.map((one) => one.clientId), [own]) };
}
