// Emoji to react with, in a small window where it was asked for.
import { Popover } from "radix-ui";
import { EmojiPanel } from "../../lib/emoji/emoji-panel";
import { texts } from "../../lib/texts";
import type { ActPlace } from "./desk";
import styles from "./message-menu.module.css";
import { REACTIONS } from "./quick-reactions";

interface ReactionPickerProps {
  place: ActPlace;
  onPick: (emoji: string) => void;
  onClose: () => void;
}

export function ReactionPicker({ place, onPick, onClose }: ReactionPickerProps) {
  function pick(emoji: string) {
    onPick(emoji);
    onClose();
  }
  function giveBack(event: Event) {
    event.preventDefault();
    place.element?.focus({ preventScroll: true });
  }
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Anchor className={styles["point"]} style={{ left: place.x, top: place.y }} />
      <Popover.Content className={styles["picker"]} aria-label={texts.actions.picker} align="start" collisionPadding={8} onCloseAutoFocus={giveBack}>
        <div className={styles["quick"]}>
          {REACTIONS.map((emoji) => (
            <button key={emoji} type="button" className={styles["emoji"]} aria-label={texts.actions.reactWith(emoji)} onClick={() => pick(emoji)}>
              {emoji}
            </button>
          ))}
        </div>
        <EmojiPanel onPick={pick} />
      </Popover.Content>
    </Popover.Root>
  );
}
