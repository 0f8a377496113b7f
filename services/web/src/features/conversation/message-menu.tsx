// The menu of one message, where it was asked for: by its button, by a right click or by keyboard.
import { DropdownMenu } from "radix-ui";
import { useRef } from "react";
import type { Message } from "../../lib/api-types";
import type { MessageAct } from "../../lib/message-rights";
import { texts } from "../../lib/texts";
import { Icon, type IconName } from "../../lib/ui/icons";
import { classNames } from "../../lib/ui/class-names";
import menu from "../../lib/ui/menu.module.css";
import { useDesk, type ActPlace } from "./desk";
import styles from "./message-menu.module.css";
import { REACTIONS } from "./quick-reactions";

const ITEMS: readonly { act: MessageAct; icon: IconName; key: string }[] = [
  { act: "react", icon: "smile", key: "+" },
  { act: "reply", icon: "reply", key: "R" },
  { act: "thread", icon: "thread", key: "T" },
  { act: "edit", icon: "compose", key: "E" },
  { act: "pin", icon: "pin", key: "P" },
  { act: "forward", icon: "forward", key: "F" },
  { act: "copyText", icon: "copy", key: "C" },
  { act: "copyLink", icon: "link", key: "L" },
  { act: "edits", icon: "clock", key: "" },
  { act: "delete", icon: "trash", key: "Del" },
];

export function MessageMenu({ message, place, onClose }: { message: Message; place: ActPlace; onClose: () => void }) {
  const desk = useDesk();
  const chosen = useRef<(() => void) | null>(null);
  /** First the message has the focus again, so that what opens now can give it back to the message. */
  function closed(event: Event) {
    event.preventDefault();
    place.element?.focus({ preventScroll: true });
    const act = chosen.current;
    onClose();
    if (act !== null) queueMicrotask(act);
  }
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span className={styles["point"]} style={{ left: place.x, top: place.y }} aria-hidden="true" tabIndex={-1} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content className={menu["menu"]} aria-label={texts.actions.label} aria-labelledby="" align="start" sideOffset={4} collisionPadding={8} onCloseAutoFocus={closed}>
        {desk.may("react", message) && (
          <DropdownMenu.Group className={styles["quick"]}>
            {REACTIONS.map((emoji) => (
              <DropdownMenu.Item key={emoji} className={styles["emoji"]} aria-label={texts.actions.reactWith(emoji)} onSelect={() => (chosen.current = () => desk.toggle(message, emoji))}>
                {emoji}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Group>
        )}
        {ITEMS.filter(({ act }) => desk.may(act, message)).map(({ act, icon, key }) => (
          <DropdownMenu.Item
            key={act}
            className={classNames(menu["item"], act === "delete" && styles["danger"])}
            onSelect={() => (chosen.current = () => desk.act(act, message, place))}
          >
            <Icon name={icon} size={18} />
            <span className={styles["name"]}>{nameOf(act, message)}</span>
            {key !== "" && <kbd aria-hidden="true">{key}</kbd>}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

function nameOf(act: MessageAct, message: Message): string {
  if (act === "delete") return texts.actions.remove;
  if (act === "pin") return message.pinned ? texts.actions.unpin : texts.actions.pin;
  return act === "react" ? texts.actions.moreReactions : texts.actions[act];
}
