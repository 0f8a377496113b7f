// Over the corner of a message: the most wanted acts, and the menu with all of them.
import type { Message } from "../../lib/api-types";
import type { MessageAct } from "../../lib/message-rights";
import { texts } from "../../lib/texts";
import { Icon, type IconName } from "../../lib/ui/icons";
import { placeAt, useDesk } from "./desk";
import styles from "./message-item.module.css";
import { ClockTime } from "./message-marks";

const TOOLS = [
  { act: "react", icon: "smile" },
  { act: "reply", icon: "reply" },
  { act: "thread", icon: "thread" },
] as const satisfies readonly { act: MessageAct; icon: IconName }[];

export function MessageTools({ message, time, tabIndex }: { message: Message; time: boolean; tabIndex: 0 | -1 }) {
  const desk = useDesk();
  return (
    <div className={styles["tools"]} role="group" aria-label={texts.actions.label}>
      {time && <ClockTime at={message.at} />}
      {TOOLS.filter(({ act }) => desk.may(act, message)).map(({ act, icon }) => (
        <button
          key={act}
          type="button"
          tabIndex={tabIndex}
          aria-label={texts.actions[act]}
          title={texts.actions[act]}
          onClick={(event) => desk.act(act, message, placeAt(event.currentTarget))}
        >
          <Icon name={icon} size={16} />
        </button>
      ))}
      <button
        type="button"
        tabIndex={tabIndex}
        aria-label={texts.actions.more}
        title={texts.actions.more}
        aria-haspopup="menu"
        onClick={(event) => desk.openMenu(message, placeAt(event.currentTarget))}
      >
        <Icon name="more" size={16} />
      </button>
    </div>
  );
}
