// The line in which one types a search. The word at the cursor is completed: names of filters, people after `from:`,
// conversations after `in:`.
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { completed, wordAt } from "../../lib/search-query";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import styles from "./search.module.css";
import { useSuggestions } from "./use-suggestions";

export function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  /** Where the cursor goes with the next value. */
  const placed = useRef<number | null>(null);
  const [cursor, setCursor] = useState(value.length);
  const [at, setAt] = useState(-1);
  const [closed, setClosed] = useState(false);
  const word = wordAt(value, cursor);
  const suggestions = useSuggestions(word);
  const open = !closed && suggestions.length > 0;
  const chosen = Math.min(at, suggestions.length - 1);

  function choose(text: string) {
    const next = completed(value, word, text);
    onChange(next.query);
    setCursor(next.cursor);
    setAt(-1);
    placed.current = next.cursor;
    input.current?.focus();
  }
  // As soon as the value is in the field: later, it would move the cursor under the fingers of who types on.
  useLayoutEffect(() => {
    if (placed.current === null) return;
    input.current?.setSelectionRange(placed.current, placed.current);
    placed.current = null;
  }, [value]);
  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const wanted = suggestions[chosen];
    if (event.nativeEvent.isComposing) return;
    if (open && step !== 0) setAt((chosen + step + suggestions.length) % suggestions.length);
    else if (open && event.key === "Enter" && wanted !== undefined) choose(wanted.text);
    else if (open && event.key === "Escape") setClosed(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={styles["field"]}>
      <Icon name="search" size={18} />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={texts.search.input}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && chosen >= 0 ? `${id}-${chosen}` : undefined}
        placeholder={texts.search.placeholder}
        autoComplete="off"
        spellCheck={false}
        // It is what one came for; a phone opens its keyboard, which is wanted here, too.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          setCursor(event.target.selectionStart ?? event.target.value.length);
          setAt(-1);
          setClosed(false);
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
        onBlur={() => setClosed(true)}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label={texts.search.suggestions} className={styles["suggestions"]} hidden={!open}>
        {open &&
          suggestions.map(({ text, label }, index) => (
            // The keys act on the field; the pointer on an option must not take the focus from it.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={text}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(text)}
            >
              <code>{text.length > 40 ? text.slice(0, text.indexOf(":") + 1) : text}</code>
              <span dir="auto">{label}</span>
            </div>
          ))}
      </div>
    </div>
  );
}
