// What stands beside the list while no conversation is open: where to go from here.
import { KEY_NAMES } from "../lib/shortcuts";
import { texts } from "../lib/texts";
import { Icon, type IconName } from "../lib/ui/icons";
import { Notice } from "../lib/ui/notice";
import { useConversationList } from "../lib/use-conversations";
import type { DialogName } from "./dialogs";
import styles from "./nothing.module.css";

const ways = (): readonly { dialog: DialogName; icon: IconName; title: string; text: string }[] => [
  { dialog: "person", icon: "compose", title: texts.sidebar.newChat, text: texts.empty.find },
  { dialog: "browse", icon: "compass", title: texts.sidebar.browse, text: texts.empty.browse },
  { dialog: "group", icon: "group", title: texts.sidebar.newGroup, text: texts.empty.group },
];

export function Nothing({ onOpen }: { onOpen: (name: DialogName) => void }) {
  const list = useConversationList();
  if (list.isPending) return null;
  if (list.data?.pages[0]?.conversations.length !== 0) {
    return (
      <div className={styles["nothing"]}>
        <Notice level={1} icon="compose" title={texts.empty.pick} text={texts.empty.pickText}>
          <button type="button" className={styles["jump"]} onClick={() => onOpen("switcher")}>
            {texts.sidebar.jump}
            <kbd>{KEY_NAMES.command}</kbd>
            <kbd>{KEY_NAMES.k}</kbd>
          </button>
        </Notice>
      </div>
    );
  }
  return (
    <div className={styles["nothing"]}>
      <h1>{texts.empty.welcome}</h1>
      <p>{texts.empty.welcomeText}</p>
      <ul>
        {ways().map(({ dialog, icon, title, text }) => (
          <li key={dialog}>
            <button type="button" className={styles["way"]} onClick={() => onOpen(dialog)}>
              <span className={styles["icon"]}>
                <Icon name={icon} />
              </span>
              <strong>{title}</strong>
              <span>{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
