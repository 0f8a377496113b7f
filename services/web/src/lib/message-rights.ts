// What one may do to a message, by the same table as the server's (`services/domain/src/may.rs`): it decides what is
// offered, the server decides what happens. Pure.
import type { Conversation, Message } from "./api-types";
import { isAdmin, writingRight } from "./rights";

export type MessageAct = "react" | "reply" | "thread" | "edit" | "delete" | "pin" | "forward" | "copyText" | "copyLink" | "edits";

export function mayAct(act: MessageAct, message: Message, conversation: Conversation, userId: string): boolean {
  const { role, archived, kind } = conversation;
  const own = message.actorId === userId;
  const rules = isAdmin(conversation);
  const inside = role !== null && role !== "banned" && role !== "reader";
  if (message.seq === 0) return act === "copyText";
  if (act === "copyLink") return true;
  if (act === "thread") return message.threadSeq === null && (message.replies !== null || (!message.deleted && mayWrite(conversation)));
  if (message.deleted) return false;
  switch (act) {
    case "copyText":
      return message.body !== "";
    case "edits":
      return message.editedAt !== null;
    case "forward":
      return true;
    case "react":
      return inside && !archived;
    case "reply":
      return mayWrite(conversation);
    case "edit":
      return own && message.forwarded === null && mayWrite(conversation);
    case "delete":
      return (own && inside && (!archived || rules)) || rules;
    case "pin":
      return message.threadSeq === null && !archived && (kind === "direct" ? inside : rules);
  }
}

export function mayWrite(conversation: Conversation): boolean {
  return writingRight(conversation) === "may";
}
