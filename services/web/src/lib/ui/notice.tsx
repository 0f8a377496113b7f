// A centred note: nothing here yet, or something went wrong, and what one can do about it.
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icons";
import styles from "./notice.module.css";

interface NoticeProps {
  title: string;
  text?: string;
  icon?: IconName;
  /** 1 if nothing else on the page is a heading. */
  level?: 1 | 2;
  children?: ReactNode;
}

export function Notice({ title, text, icon, level = 2, children }: NoticeProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles["notice"]}>
      {icon !== undefined && (
        <span className={styles["icon"]}>
          <Icon name={icon} size={26} />
        </span>
      )}
      <Heading>{title}</Heading>
      {text !== undefined && <p>{text}</p>}
      {children !== undefined && <div className={styles["actions"]}>{children}</div>}
    </div>
  );
}

/** Something is on its way. It shows up only if that takes a moment. */
export function Waiting({ label }: { label: string }) {
  return (
    <div className={styles["waiting"]} role="status">
      <span className={styles["dots"]} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span className="visually-hidden">{label}</span>
    </div>
  );
}
