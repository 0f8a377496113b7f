// Brings the message that one jumped to onto the screen, and gives it the focus.
import { useEffect, useRef } from "react";
import type { Row } from "./conversation-layout";
import type { JumpTarget } from "./use-jump";
import type { ScrollPlace } from "./use-scroll-place";

export function useTarget(target: JumpTarget | null, rows: readonly Row[], { scroller, virtual, letGo }: ScrollPlace): void {
  const done = useRef<JumpTarget | null>(null);
  useEffect(() => {
    if (target === null || done.current === target) return;
    const index = rows.findIndex((row) => (row.kind === "message" ? row.shown.message.seq === target.seq : row.kind === "new" && target.seq === "new"));
    const row = rows[index];
    if (row === undefined) return;
    done.current = target;
    letGo();
    virtual.current?.scrollToIndex(index, { align: target.seq === "new" ? "start" : "center" });
    if (row.kind !== "message") return;
    // The row is in the page one frame after it is scrolled to.
    const frame = requestAnimationFrame(() =>
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus({ preventScroll: true })),
    );
    return () => cancelAnimationFrame(frame);
  }, [target, rows, scroller, virtual, letGo]);
}
