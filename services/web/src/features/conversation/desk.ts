// What the rows of a conversation need to act: one object for the messages, the thread and the pins.
import { createContext, useContext } from "react";
import type { Conversation, Message } from "../../lib/api-types";
import type { MessageAct } from "../../lib/message-rights";

export interface Desk {
  readonly conversation: Conversation;
  readonly userId: string;
  /** The own message whose text is being changed. */
  readonly editing: number | null;
  /** The newest own message of the timeline that is there. */
  readonly lastOwn: number | null;
  readonly may: (act: MessageAct, message: Message) => boolean;
  /** `key` is of the row that has the focus afterwards. */
  readonly act: (act: MessageAct, message: Message, place: ActPlace) => void;
  /** Puts an own reaction or takes it off. */
  readonly toggle: (message: Message, emoji: string) => void;
  readonly openMenu: (message: Message, place: ActPlace) => void;
  readonly save: (message: Message, body: string) => void;
  readonly endEdit: () => void;
  readonly jumpTo: (seq: number) => void;
  readonly openThread: (root: number) => void;
  readonly view: (message: Message, index: number) => void;
}

/** Where on the page it was asked for, and the element that gets the focus back. */
export interface ActPlace {
  readonly x: number;
  readonly y: number;
  readonly element: HTMLElement | null;
}

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext;

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("useDesk outside of a conversation");
  return desk;
}

/** Below an element. */
export function placeAt(element: Element): ActPlace {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom, element: element.closest<HTMLElement>("[data-key]") };
}
