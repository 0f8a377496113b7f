// The language of the page: as the browser asks, or one of those there are, each by its own name.
import { useEffect, useRef } from "react";
import { LANGUAGE_CHOICES, setLanguage, useLanguageChoice, type LanguageChoice as Choice } from "../../lib/language";
import { languageNames, texts } from "../../lib/texts";
import styles from "./settings.module.css";

/** The page is drawn anew in the new language, and the focus comes back to what was chosen. */
let chosenHere = false;

function choose(choice: Choice): void {
  chosenHere = true;
  setLanguage(choice);
}

export function LanguageChoice() {
  const chosen = useLanguageChoice();
  const fields = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (chosenHere) fields.current?.querySelector<HTMLElement>("input:checked")?.focus();
    chosenHere = false;
  }, []);
  return (
    <section className={styles["part"]} aria-labelledby="settings-language">
      <div className={styles["heading"]}>
        <h2 id="settings-language">{texts.settings.language}</h2>
        <p>{texts.settings.languageText}</p>
      </div>
      <fieldset ref={fields} className={styles["themes"]}>
        <legend className="visually-hidden">{texts.settings.language}</legend>
        {LANGUAGE_CHOICES.map((choice) => (
          <label key={choice} className={styles["language"]}>
            <input type="radio" name="language" value={choice} checked={choice === chosen} onChange={() => choose(choice)} />
            {choice === "system" ? texts.settings.systemLanguage : <span lang={choice}>{languageNames[choice]}</span>}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
