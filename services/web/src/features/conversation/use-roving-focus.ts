// The arrow keys go from message to message; all messages together are one stop of the tab key.
import { useEffect, useState, type FocusEvent, type KeyboardEvent, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Row } from "./conversation-layout";

/** `stop` is the key of the message that the tab key comes to, `index` its row, -1 if there is none. */
export function useRovingFocus(rows: readonly Row[], scroller: RefObject<HTMLElement | null>, virtual: RefObject<VirtualizerHandle | null>) {
  const [chosen, setChosen] = useState<{ key: string; move: boolean } | null>(null);
  const chosenIndex = chosen === null ? -1 : rows.findIndex((row) => row.key === chosen.key);
  const index = chosenIndex >= 0 ? chosenIndex : rows.findLastIndex((row) => row.kind === "message");

  useEffect(() => {
    if (chosen?.move !== true) return;
    const item = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(chosen.key)}"]`);
    item?.focus({ preventScroll: true });
  }, [chosen, scroller]);

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    const from = event.target instanceof HTMLElement ? event.target.dataset["key"] : undefined;
    if (step === 0 || from === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    let next = rows.findIndex((row) => row.key === from) + step;
    while (rows[next] !== undefined && rows[next]?.kind !== "message") next += step;
    const row = rows[next];
    if (row === undefined) return;
    virtual.current?.scrollToIndex(next, { align: "nearest" });
    setChosen({ key: row.key, move: true });
  }

  /** Whoever comes back begins at the newest message. */
  function onBlur(event: FocusEvent) {
    if (!event.currentTarget.contains(event.relatedTarget)) setChosen(null);
  }

  return { stop: rows[index]?.key, index, onKeyDown, onBlur, choose: (key: string) => setChosen({ key, move: false }) };
}
