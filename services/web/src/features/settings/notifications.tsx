// Whether the browser shows notes about new messages, and whether it does so while Confab is closed.
import { turnOff, turnOn, useConsent } from "../../lib/notifications";
import { texts } from "../../lib/texts";
import { startWebPush, useReach } from "../../lib/web-push";
import { Button } from "../../lib/ui/button";
import styles from "./settings.module.css";

export function Notifications() {
  const consent = useConsent();
  const reach = useReach();
  const said = { missing: texts.notify.missing, denied: texts.notify.denied, on: texts.notify.on[reach], off: null }[consent];
  return (
    <section className={styles["part"]} aria-labelledby="settings-notifications">
      <div className={styles["heading"]}>
        <h2 id="settings-notifications">{texts.notify.title}</h2>
        <p>{texts.notify.text}</p>
      </div>
      <p role="status" className={styles["said"]}>
        {said}
      </p>
      {consent === "off" && (
        <Button look="soft" className={styles["end"]} onClick={() => void turnOn()}>
          {texts.notify.turnOn}
        </Button>
      )}
      {consent === "on" && (
        <div className={styles["buttons"]}>
          {reach === "failed" && (
            <Button look="soft" onClick={() => void startWebPush()}>
              {texts.tryAgain}
            </Button>
          )}
          <Button look="quiet" onClick={() => void turnOff()}>
            {texts.notify.turnOff}
          </Button>
        </div>
      )}
    </section>
  );
}
