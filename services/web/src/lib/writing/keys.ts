// Which keys of the text field make which edit. Pure.
import { makeLink, toggleMark, type Edit, type Mark } from "./edits";

type Keys = Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

const MARKS: Readonly<Record<string, Mark>> = { b: "**", i: "*", e: "`" };

/** Ctrl+K makes a link of what is selected; with nothing selected it stays the key of the palette. */
export function editByKey({ key, altKey, ctrlKey, metaKey, shiftKey }: Keys, edit: Edit): Edit | null {
  if (ctrlKey === metaKey || altKey) return null;
  const letter = key.toLowerCase();
  if (shiftKey) return letter === "x" ? toggleMark(edit, "~~") : null;
  if (letter === "k") return edit.start === edit.end ? null : makeLink(edit);
  const mark = MARKS[letter];
  return mark === undefined ? null : toggleMark(edit, mark);
}
