// Back to the newest message, with the number of those that came in meanwhile.
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import styles from "./message-list.module.css";

export function JumpButton({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button type="button" className={styles["jump"]} onClick={onClick} title={texts.messages.toNewest}>
      {count > 0 && <span>{texts.messages.countNew(count)}</span>}
      <span className="visually-hidden">{texts.messages.toNewest}</span>
      <Icon name="down" size={18} />
    </button>
  );
}
