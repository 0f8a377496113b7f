// A text field for messages: keys for Markdown, lists that go on, and completion of names and emoji. It is a plain
// <textarea> otherwise: what is done with Enter, with pasted files and so on is its owner's.
import { useId, useImperativeHandle, useRef, useState, type ComponentProps, type KeyboardEvent, type Ref } from "react";
import type { User } from "../api-types";
import { texts } from "../texts";
import { applyEdit, editOf } from "./apply-edit";
import { wantedAt, type Suggestion } from "./completion";
import { continueList, insertText } from "./edits";
import { editByKey } from "./keys";
import { Suggestions } from "./suggestions";
import { useSuggestions } from "./use-suggestions";
import styles from "./writing.module.css";

export interface WritingHandle {
  focus: () => void;
  /** With the caret behind the text. */
  focusEnd: () => void;
  /** Puts a text where the caret is. */
  insert: (text: string) => void;
}

export interface WritingFieldProps extends Omit<ComponentProps<"textarea">, "ref" | "value" | "onChange"> {
  value: string;
  onValue: (text: string) => void;
  /** Who may be named here. */
  people: readonly User[];
  /** @everyone may be used. */
  everyone?: boolean;
  /** Somebody is about to be named: what was typed of the name, empty at first. The time to fetch who is here. */
  onNaming?: (typed: string) => void;
  ref?: Ref<WritingHandle>;
}

export function WritingField({ value, onValue, people, everyone = false, onNaming, ref, onKeyDown, onSelect, onBlur, ...rest }: WritingFieldProps) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  /** The place for which the list was put away with Escape. */
  const [dismissed, setDismissed] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const found = caret === null ? null : wantedAt(value, caret);
  const wanted = found?.from === dismissed ? null : found;
  const suggestions = useSuggestions(wanted, people, everyone);
  const chosen = Math.min(at, suggestions.length - 1);
  const open = suggestions.length > 0;

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    focusEnd: () => {
      field.current?.focus();
      field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
    },
    insert: (text) => {
      if (field.current !== null) applyEdit(field.current, insertText(editOf(field.current), text));
    },
  }));

  /** Follows the caret; a selection is no place to complete at. */
  function look(element: HTMLTextAreaElement) {
    const next = element.selectionStart === element.selectionEnd ? element.selectionStart : null;
    const before = wanted;
    const now = next === null ? null : wantedAt(element.value, next);
    if (now?.from !== before?.from || now?.query !== before?.query) setAt(0);
    if (now === null) setDismissed(null);
    if (now?.kind === "person" && (before?.kind !== "person" || now.query !== before.query)) onNaming?.(now.query);
    setCaret(next);
  }
  function take(suggestion: Suggestion | undefined) {
    if (field.current === null || wanted === null || suggestion === undefined) return;
    const end = wanted.from + wanted.query.length + 1;
    applyEdit(field.current, insertText({ text: value, start: wanted.from, end }, suggestion.insert));
  }
  /** True if the key was for the list. */
  function keyOfList({ key, shiftKey }: KeyboardEvent): boolean {
    if (!open) return false;
    if (key === "ArrowDown") setAt((chosen + 1) % suggestions.length);
    else if (key === "ArrowUp") setAt((chosen - 1 + suggestions.length) % suggestions.length);
    else if ((key === "Enter" || key === "Tab") && !shiftKey) take(suggestions[chosen]);
    else if (key === "Escape") setDismissed(wanted?.from ?? null);
    else return false;
    return true;
  }
  function keyOfText(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
    const edit = event.key === "Enter" && event.shiftKey ? continueList(editOf(event.currentTarget)) : editByKey(event, editOf(event.currentTarget));
    if (edit === null) return false;
    applyEdit(event.currentTarget, edit);
    return true;
  }

  return (
    <>
      {open && <Suggestions id={id} suggestions={suggestions} chosen={chosen} onChoose={take} />}
      <textarea
        {...rest}
        ref={field}
        value={value}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={open ? `${id}-list` : undefined}
        aria-activedescendant={open ? `${id}-${chosen}` : undefined}
        onChange={(event) => {
          onValue(event.target.value);
          look(event.target);
        }}
        onSelect={(event) => {
          look(event.currentTarget);
          onSelect?.(event);
        }}
        onBlur={(event) => {
          setCaret(null);
          onBlur?.(event);
        }}
        onKeyDown={(event) => {
          const ours = !event.nativeEvent.isComposing && (keyOfList(event) || keyOfText(event));
          if (ours) {
            event.preventDefault();
            event.stopPropagation();
            // Others listen at the window, where Escape means something else.
            if (event.key === "Escape") event.nativeEvent.stopImmediatePropagation();
          } else onKeyDown?.(event);
        }}
      />
      <span role="status" className={styles["status"]}>
        {open ? texts.writing.suggestions(suggestions.length) : ""}
      </span>
    </>
  );
}
