// Which keys do what.
import { Fragment } from "react";
import { KEY_NAMES as KEYS } from "../../lib/shortcuts";
import { texts } from "../../lib/texts";
import { Dialog } from "../../lib/ui/dialog";
import styles from "./help.module.css";

/** Keys pressed together, in one or more ways. */
const lines = (): readonly { text: string; ways: readonly (readonly string[])[] }[] => [
  { text: texts.help.switcher, ways: [[KEYS.command, "K"]] },
  { text: texts.help.neighbours, ways: [[KEYS.alt, KEYS.up], [KEYS.alt, KEYS.down]] },
  { text: texts.help.unread, ways: [[KEYS.alt, KEYS.shift, KEYS.up], [KEYS.alt, KEYS.shift, KEYS.down]] },
  { text: texts.help.newest, ways: [[KEYS.escape]] },
  { text: texts.help.history, ways: [[KEYS.up], [KEYS.down]] },
  { text: texts.help.send, ways: [[KEYS.enter]] },
  { text: texts.help.newLine, ways: [[KEYS.shift, KEYS.enter]] },
  { text: texts.help.help, ways: [["?"], [KEYS.command, "/"]] },
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={texts.help.title} description={texts.help.text} open onOpenChange={onClose}>
      <dl className={styles["lines"]}>
        {lines().map(({ text, ways }) => (
          <div key={text}>
            <dt>{text}</dt>
            <dd>
              {ways.map((keys, index) => (
                <Fragment key={keys.join("+")}>
                  {index > 0 && <span className={styles["or"]}>{texts.help.or}</span>}
                  <span className={styles["keys"]}>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </span>
                </Fragment>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
