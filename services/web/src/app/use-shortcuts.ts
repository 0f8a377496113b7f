// Listens for the shortcuts wherever the focus is, but not behind an open dialog.
import { useEffect } from "react";
import { useNavigate, useParams } from "react-router";
import { neighbour, shortcutOf } from "../lib/shortcuts";
import { useSummaries } from "../lib/use-conversations";
import type { DialogName } from "./dialogs";

export function useShortcuts(dialog: DialogName | null, open: (name: DialogName | null) => void): void {
  const navigate = useNavigate();
  const { conversationId } = useParams();
  const summaries = useSummaries();
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const shortcut = shortcutOf(event, isTyping(event.target));
      if (shortcut === null || event.isComposing || event.defaultPrevented) return;
      if (shortcut === "switcher" || shortcut === "help") {
        event.preventDefault();
        if (dialog === null && otherDialog()) return;
        open(dialog === shortcut ? null : shortcut);
        return;
      }
      if (dialog !== null || otherDialog()) return;
      event.preventDefault();
      const items = summaries.map(({ conversation, unread }) => ({ id: conversation.id, unread }));
      const next = neighbour(items, conversationId, shortcut);
      if (next !== undefined) void navigate(`/c/${next.id}`);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, [contenteditable]") !== null;
}

/** A dialog or menu that some part of the page opened by itself. */
function otherDialog(): boolean {
  return document.querySelector("[role=dialog], [role=menu]") !== null;
}
