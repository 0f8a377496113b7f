// The list above the text field: people or emoji that fit what is typed. The focus stays in the field.
import { useEffect, useRef } from "react";
import { texts } from "../texts";
import { UserAvatar } from "../ui/avatar";
import type { Suggestion } from "./completion";
import styles from "./writing.module.css";

interface SuggestionsProps {
  id: string;
  suggestions: readonly Suggestion[];
  chosen: number;
  onChoose: (suggestion: Suggestion) => void;
}

export function Suggestions({ id, suggestions, chosen, onChoose }: SuggestionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div className={styles["anchor"]}>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={texts.writing.list} className={styles["list"]}>
        {suggestions.map((suggestion, index) => (
          // The keys go to the text field, which says by aria-activedescendant where one is.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={suggestion.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            className={styles["option"]}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(suggestion)}
          >
            <OneSuggestion suggestion={suggestion} />
          </div>
        ))}
      </div>
    </div>
  );
}

function OneSuggestion({ suggestion }: { suggestion: Suggestion }) {
  if (suggestion.kind === "emoji") {
    return (
      <>
        <span className={styles["emoji"]}>{suggestion.insert.trim()}</span>
        <span className={styles["detail"]}>{texts.writing.code(suggestion.name)}</span>
      </>
    );
  }
  if (suggestion.kind === "everyone") {
    return (
      <>
        <strong>{suggestion.insert.trim()}</strong>
        <span className={styles["detail"]}>{texts.writing.everyone}</span>
      </>
    );
  }
  const { displayName, username } = suggestion.user;
  return (
    <>
      <UserAvatar user={suggestion.user} size="small" />
      <strong dir="auto">{displayName}</strong>
      <span className={styles["detail"]}>{texts.person.handle(username)}</span>
    </>
  );
}
