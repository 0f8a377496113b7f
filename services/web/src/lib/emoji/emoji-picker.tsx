// The panel of emoji in a popover that a button opens.
import { Popover } from "radix-ui";
import { useState, type ReactNode } from "react";
import { texts } from "../texts";
import { EmojiPanel } from "./emoji-panel";
import styles from "./emoji.module.css";

interface EmojiPickerProps {
  onPick: (emoji: string) => void;
  /** Takes the focus when the popover closes; without it the button has it again. */
  onClosed?: () => void;
  /** The button. */
  children: ReactNode;
}

export function EmojiPicker({ onPick, onClosed, children }: EmojiPickerProps) {
  const [open, setOpen] = useState(false);
  function closed(event: Event) {
    if (onClosed === undefined) return;
    event.preventDefault();
    onClosed();
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{children}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles["popover"]} aria-label={texts.emoji.pick} sideOffset={8} collisionPadding={8} onCloseAutoFocus={closed}>
          <EmojiPanel
            onPick={(emoji) => {
              setOpen(false);
              onPick(emoji);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
