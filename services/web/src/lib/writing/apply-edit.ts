// Brings an edit into a text field as if it had been typed, so that the browser's own "undo" knows of it.
import type { Edit } from "./edits";

export function editOf(field: HTMLTextAreaElement): Edit {
  return { text: field.value, start: field.selectionStart, end: field.selectionEnd };
}

/** React hears of it as of any input. */
export function applyEdit(field: HTMLTextAreaElement, { text, start, end }: Edit): void {
  field.focus();
  const old = field.value;
  if (text !== old) {
    let from = 0;
    while (from < old.length && from < text.length && old[from] === text[from]) from += 1;
    let same = 0;
    while (same < old.length - from && same < text.length - from && old.at(-1 - same) === text.at(-1 - same)) same += 1;
    field.setSelectionRange(from, old.length - same);
    if (!typeIn(text.slice(from, text.length - same)) || field.value !== text) replaceAll(field, text);
  }
  field.setSelectionRange(start, end);
}

/** False where the browser has no such command. */
function typeIn(text: string): boolean {
  if (!("execCommand" in document)) return false;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way that "undo" knows of
  return text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
}

/** Past React's own setter, which would take this for what it knows already. */
function replaceAll(field: HTMLTextAreaElement, text: string): void {
  const own = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
  own?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
