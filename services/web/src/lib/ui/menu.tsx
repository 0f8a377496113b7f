// A small menu that opens from a button.
import { DropdownMenu } from "radix-ui";
import { useRef, type ReactNode } from "react";
import { Icon, type IconName } from "./icons";
import styles from "./menu.module.css";

export interface MenuItem {
  label: string;
  icon: IconName;
  onSelect: () => void;
}

/** `children` is the button. */
export function Menu({ items, children }: { items: readonly MenuItem[]; children: ReactNode }) {
  // Acts only when the button has the focus again, so that a dialog opened here can give it back to the button.
  const chosen = useRef<(() => void) | null>(null);
  function closed() {
    const act = chosen.current;
    chosen.current = null;
    if (act !== null) queueMicrotask(act);
  }
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      {/* Where its button is, not in a portal: it belongs to the same landmark. */}
      <DropdownMenu.Content className={styles["menu"]} sideOffset={6} align="end" collisionPadding={8} onCloseAutoFocus={closed}>
        {items.map(({ label, icon, onSelect }) => (
          <DropdownMenu.Item key={label} className={styles["item"]} onSelect={() => (chosen.current = onSelect)}>
            <Icon name={icon} size={18} />
            {label}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
