// A dialog with a title, a way out, and the focus kept inside. Afterwards the focus is where it was before,
// unless what the dialog opened has taken it.
import { Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { texts } from "../texts";
import styles from "./dialog.module.css";
import { Icon } from "./icons";

interface DialogProps {
  title: string;
  description: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

let opener: Element | null = null;

/** A dialog that takes the place of another has the same opener. */
function openerNow(): Element | null {
  const active = document.activeElement;
  if (active?.closest("[role=dialog]") == null) opener = active;
  return opener;
}

export function Dialog({ title, description, open, onOpenChange, children }: DialogProps) {
  const [opener] = useState(openerNow);
  function giveBack(event: Event) {
    event.preventDefault();
    if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
  }
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles["overlay"]} />
        <Radix.Content className={styles["content"]} onCloseAutoFocus={giveBack}>
          <header>
            <Radix.Title className={styles["title"]}>{title}</Radix.Title>
            <Radix.Description className={styles["description"]}>{description}</Radix.Description>
          </header>
          {children}
          {/* Last, so that the focus starts in the dialog's own field. */}
          <Radix.Close className={styles["close"]} aria-label={texts.close}>
            <Icon name="close" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
