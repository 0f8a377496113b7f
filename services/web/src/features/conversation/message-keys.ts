// The keys of the message that has the focus. A key without a letter's meaning elsewhere does one thing here.
import type { KeyboardEvent } from "react";
import type { Message } from "../../lib/api-types";
import type { MessageAct } from "../../lib/message-rights";
import { placeAt, type Desk } from "./desk";

const KEYS: Readonly<Record<string, MessageAct>> = {
  r: "reply",
  t: "thread",
  e: "edit",
  "+": "react",
  p: "pin",
  f: "forward",
  delete: "delete",
  c: "copyText",
  l: "copyLink",
};

/** True if the key meant something for this message. */
export function actOfKey(event: KeyboardEvent, message: Message, desk: Desk): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing || !(event.target instanceof HTMLElement)) return false;
  const place = placeAt(event.target);
  if (event.key === "Enter") {
    event.preventDefault();
    desk.openMenu(message, place);
    return true;
  }
  const act = KEYS[event.key.toLowerCase()];
  if (act === undefined || !desk.may(act, message)) return false;
  event.preventDefault();
  desk.act(act, message, place);
  return true;
}
