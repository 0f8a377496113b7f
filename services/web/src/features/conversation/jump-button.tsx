// Back to the newest message, with the number of those that came in meanwhile.
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import styles from "./message-list.module.css";

interface JumpButtonProps {
  count: number;
  /** The newest are not below what is shown, but elsewhere. */
  back: boolean;
  onClick: () => void;
}

export function JumpButton({ count, back, onClick }: JumpButtonProps) {
  const label = back ? texts.jump.newest : texts.messages.toNewest;
  return (
    <button type="button" className={styles["jump"]} onClick={onClick} title={label}>
      {count > 0 && !back && <span>{texts.messages.countNew(count)}</span>}
      <span className={back ? undefined : "visually-hidden"}>{label}</span>
      <Icon name="down" size={18} />
    </button>
  );
}
