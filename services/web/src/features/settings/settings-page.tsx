// Everything about oneself on one page: how others see one, how Confab looks, and where one is signed in.
import { Link } from "react-router";
import type { User } from "../../lib/api-types";
import { usePlaceInTitle } from "../../lib/page-title";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import { Appearance } from "./appearance";
import { LanguageChoice } from "./language-choice";
import { Deletion } from "./deletion";
import { Notifications } from "./notifications";
import { Password } from "./password";
import { Profile } from "./profile";
import { Sessions } from "./sessions";
import styles from "./settings.module.css";

export function SettingsPage({ user, onDeleted }: { user: User; onDeleted: () => void }) {
  usePlaceInTitle(texts.settings.title);
  return (
    <div className={styles["page"]}>
      <header className={styles["header"]}>
        <Link to="/" className={styles["back"]} aria-label={texts.conversation.back}>
          <Icon name="back" />
        </Link>
        <h1>{texts.settings.title}</h1>
      </header>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard */}
      <div className={styles["scroll"]} tabIndex={0} role="region" aria-label={texts.settings.title}>
        <Profile user={user} />
        <Notifications />
        <Appearance />
        <LanguageChoice />
        <Sessions />
        <Password user={user} />
        <Deletion user={user} onDeleted={onDeleted} />
      </div>
    </div>
  );
}
