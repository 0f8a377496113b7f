// Buttons: with a label, or with an icon whose label is its tooltip.
import { Tooltip } from "radix-ui";
import type { ComponentProps, FocusEvent } from "react";
import { classNames } from "./class-names";
import styles from "./button.module.css";
import { Icon, type IconName } from "./icons";

type Look = "primary" | "soft" | "quiet" | "danger";

export function Button({ look = "primary", className, type = "button", ...rest }: ComponentProps<"button"> & { look?: Look }) {
  return <button {...rest} type={type} className={classNames(styles["button"], styles[look], className)} />;
}

/** A menu or dialog gives the focus back to its button; that is no reason to explain the button. */
function onlyByKeyboard(event: FocusEvent<HTMLElement>): void {
  if (!event.currentTarget.matches(":focus-visible")) event.preventDefault();
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "children"> {
  icon: IconName;
  label: string;
}

export function IconButton({ icon, label, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild onFocus={onlyByKeyboard}>
        <button {...rest} type={type} aria-label={label} className={classNames(styles["icon"], className)}>
          <Icon name={icon} />
        </button>
      </Tooltip.Trigger>
      {/* Beside its button, not in a portal: it belongs to the same landmark. */}
      <Tooltip.Content className={styles["tooltip"]} sideOffset={6} collisionPadding={8}>
        {label}
      </Tooltip.Content>
    </Tooltip.Root>
  );
}
