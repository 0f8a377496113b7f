// All emoji to choose from: a field to search in, those used last, and then group by group. The arrow keys go from
// one to the next, Enter picks; the focus stays in the field.
import { memo, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { texts } from "../texts";
import styles from "./emoji.module.css";
import { useEmoji } from "./load-emoji";
import { rememberEmoji, useRecentEmoji } from "./recent-emoji";
import { EMOJI_GROUPS, findEmoji, type Emoji, type EmojiGroup } from "./search";

const COLUMNS = 8;
const MOST_FOUND = 64;

interface Section {
  name: string;
  /** Of its first emoji among all that are shown. */
  first: number;
  emoji: readonly { emoji: string; name: string }[];
}

export function EmojiPanel({ onPick }: { onPick: (emoji: string) => void }) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const all = useEmoji(true);
  const sections = useSections(all, query);
  const flat = useMemo(() => sections.flatMap((section, number) => section.emoji.map((one, column) => ({ ...one, number, column }))), [sections]);
  const chosen = Math.min(at, flat.length - 1);

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, sections]);

  function pick(emoji: string | undefined) {
    if (emoji === undefined) return;
    rememberEmoji(emoji);
    onPick(emoji);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") pick(flat[chosen]?.emoji);
    else if (event.key === "ArrowRight") setAt(Math.min(chosen + 1, flat.length - 1));
    else if (event.key === "ArrowLeft") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt(rowBeside(flat, chosen, event.key === "ArrowDown" ? 1 : -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function onClick(event: MouseEvent) {
    if (event.target instanceof HTMLElement) pick(event.target.dataset["emoji"]);
  }

  return (
    <div className={styles["panel"]}>
      <input
        className={styles["search"]}
        role="combobox"
        aria-label={texts.emoji.search}
        aria-expanded={flat.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={flat.length > 0 ? `${id}-${chosen}` : undefined}
        placeholder={texts.emoji.search}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {/* The keys go to the field above, which says by aria-activedescendant where one is. */}
      {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div ref={list} id={`${id}-list`} role="listbox" tabIndex={-1} aria-label={texts.emoji.list} className={styles["list"]} hidden={flat.length === 0} onClick={onClick}>
        {sections.map((section) => {
          const inside = chosen >= section.first && chosen < section.first + section.emoji.length;
          return <OneSection key={section.name} id={id} section={section} chosen={inside ? chosen : -1} />;
        })}
      </div>
      <p role="status" className={styles["nothing"]}>
        {all === null ? texts.emoji.loading : flat.length === 0 ? texts.emoji.nothing : ""}
      </p>
    </div>
  );
}

/** Drawn again only if what is chosen comes, moves or goes in it: there are many emoji. */
const OneSection = memo(function OneSection({ id, section, chosen }: { id: string; section: Section; chosen: number }) {
  return (
    <div role="group" aria-labelledby={`${id}-g${section.first}`} className={styles["group"]}>
      <div id={`${id}-g${section.first}`} role="presentation" className={styles["heading"]}>
        {section.name}
      </div>
      {section.emoji.map(({ emoji, name }, place) => {
        const index = section.first + place;
        return (
          <span key={emoji} id={`${id}-${index}`} role="option" aria-selected={index === chosen} aria-label={name} title={name} data-emoji={emoji} className={styles["emoji"]}>
            {emoji}
          </span>
        );
      })}
    </div>
  );
});

/** The emoji in the row above or below, also of the next group. */
function rowBeside(flat: readonly { number: number; column: number }[], from: number, step: 1 | -1): number {
  const here = flat[from];
  if (here === undefined) return 0;
  const column = here.column % COLUMNS;
  for (let index = from + step; index >= 0 && index < flat.length; index += step) {
    const there = flat[index];
    if (there === undefined) break;
    const otherRow = there.number !== here.number || Math.floor(there.column / COLUMNS) !== Math.floor(here.column / COLUMNS);
    const next = flat[index + 1];
    const lastOfRow = next?.number !== there.number || Math.floor(next.column / COLUMNS) !== Math.floor(there.column / COLUMNS);
    const fits = there.column % COLUMNS === column || (lastOfRow && there.column % COLUMNS < column);
    if (otherRow && fits) return index;
  }
  return from;
}

function useSections(all: readonly Emoji[] | null, query: string): readonly Section[] {
  const recent = useRecentEmoji();
  return useMemo(() => {
    if (all === null) return [];
    if (query.trim() !== "") {
      const found = findEmoji(all, query, MOST_FOUND);
      return found.length === 0 ? [] : [{ name: texts.emoji.found, first: 0, emoji: found }];
    }
    const byEmoji = new Map(all.map((one) => [one.emoji, one]));
    const known = recent.map((emoji) => byEmoji.get(emoji) ?? { emoji, name: emoji });
    const groups = (Object.keys(EMOJI_GROUPS) as EmojiGroup[]).map((key) => ({ name: texts.emoji.groups[key], emoji: all.filter((one) => one.group === EMOJI_GROUPS[key]) }));
    let first = 0;
    return [{ name: texts.emoji.recent, emoji: known }, ...groups].map((section) => {
      first += section.emoji.length;
      return { ...section, first: first - section.emoji.length };
    });
  }, [all, query, recent]);
}
