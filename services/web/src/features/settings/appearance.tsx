// Light, dark, or like the system.
import { texts } from "../../lib/texts";
import { setTheme, THEMES, useTheme } from "../../lib/theme";
import styles from "./settings.module.css";

export function Appearance() {
  const chosen = useTheme();
  return (
    <section className={styles["part"]} aria-labelledby="settings-appearance">
      <div className={styles["heading"]}>
        <h2 id="settings-appearance">{texts.settings.appearance}</h2>
      </div>
      <fieldset className={styles["themes"]}>
        <legend className="visually-hidden">{texts.settings.theme}</legend>
        {THEMES.map((theme) => (
          <label key={theme} className={styles["theme"]}>
            <input type="radio" name="theme" value={theme} checked={theme === chosen} onChange={() => setTheme(theme)} />
            <span className={styles["swatch"]} data-swatch={theme} aria-hidden="true">
              <i />
              <i />
            </span>
            {texts.settings.themes[theme]}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
