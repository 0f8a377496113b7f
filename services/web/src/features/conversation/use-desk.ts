// Makes the desk of an open conversation: what happens when something is done to a message, and what is open for it.
import { useCallback, useMemo, useState } from "react";
import type { Conversation, Message } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { copyText } from "../../lib/copy-text";
import { mayAct, type MessageAct } from "../../lib/message-rights";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import type { ActPlace, Desk } from "./desk";

/** What lies over the conversation because of some message. */
export type Over =
  | { readonly kind: "menu" | "picker"; readonly message: Message; readonly place: ActPlace }
  | { readonly kind: "delete" | "edits" | "forward"; readonly message: Message }
  | { readonly kind: "viewer"; readonly message: Message; readonly index: number };

interface DeskPorts {
  conversation: Conversation;
  lastOwn: number | null;
  jumpTo: (seq: number) => void;
  openThread: (root: number) => void;
  /** The message is answered, in the timeline or in its thread. */
  reply: (message: Message) => void;
}

export function useDeskOf({ conversation, lastOwn, jumpTo, openThread, reply }: DeskPorts) {
  const chat = useChat();
  const { userId } = chat;
  const { id } = conversation;
  const [editing, setEditing] = useState<number | null>(null);
  const [over, setOver] = useState<Over | null>(null);

  const endEdit = useCallback(() => {
    const row = document.activeElement?.closest<HTMLElement>("[data-key]");
    setEditing(null);
    row?.focus({ preventScroll: true });
  }, []);
  const toggle = useCallback(
    (message: Message, emoji: string) => {
      const on = message.reactions.find((one) => one.emoji === emoji)?.userIds.includes(userId) !== true;
      chat.change(id, message.seq, { kind: "react", emoji, on });
    },
    [chat, id, userId],
  );
  const act = useCallback(
    (what: MessageAct, message: Message, place: ActPlace) => {
      const acts: Record<MessageAct, () => void> = {
        react: () => setOver({ kind: "picker", message, place }),
        reply: () => reply(message),
        thread: () => openThread(message.seq),
        edit: () => setEditing(message.seq),
        delete: () => setOver({ kind: "delete", message }),
        pin: () => chat.change(id, message.seq, { kind: "pin", on: !message.pinned }),
        forward: () => setOver({ kind: "forward", message }),
        edits: () => setOver({ kind: "edits", message }),
        copyText: () => void copy(message.body, texts.actions.copied),
        copyLink: () => void copy(`${window.location.origin}/c/${id}?m=${message.seq}`, texts.actions.linkCopied),
      };
      acts[what]();
    },
    [chat, id, openThread, reply],
  );

  const desk = useMemo<Desk>(
    () => ({
      conversation,
      userId,
      editing,
      lastOwn,
      may: (what, message) => mayAct(what, message, conversation, userId),
      act,
      toggle,
      openMenu: (message, place) => setOver({ kind: "menu", message, place }),
      save: (message, body) => {
        chat.change(id, message.seq, { kind: "edit", body });
        endEdit();
      },
      endEdit,
      jumpTo,
      openThread,
      view: (message, index) => setOver({ kind: "viewer", message, index }),
    }),
    [conversation, userId, editing, lastOwn, act, toggle, chat, id, endEdit, jumpTo, openThread],
  );
  return { desk, over, setEditing, closeOver: useCallback(() => setOver(null), []) };
}

async function copy(text: string, said: string): Promise<void> {
  if (await copyText(text)) showToast(said);
  else showToast(texts.messages.notCopied, { look: "problem" });
}
