// Everything about oneself on one page: how others see one, how Confab looks, and where one is signed in.
import { Link } from "react-router";
import type { User } from "../../lib/api-types";
import { usePlaceInTitle } from "../../lib/page-title";
import { texts } from "../../lib/texts";
import { Avatar } from "../../lib/ui/avatar";
import { Icon } from "../../lib/ui/icons";
import { Appearance } from "./appearance";
import { Password } from "./password";
import { Sessions } from "./sessions";
import styles from "./settings.module.css";

export function SettingsPage({ user }: { user: User }) {
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
        <section className={styles["part"]} aria-labelledby="settings-profile">
          <div className={styles["heading"]}>
            <h2 id="settings-profile">{texts.settings.profile}</h2>
            <p>{texts.settings.profileText}</p>
          </div>
          <div className={styles["profile"]}>
            <Avatar id={user.id} name={user.displayName} size="large" />
            <div>
              <strong dir="auto">{user.displayName}</strong>
              <span>{texts.person.handle(user.username)}</span>
            </div>
          </div>
        </section>
        <Appearance />
        <Sessions />
        <Password user={user} />
      </div>
    </div>
  );
}
