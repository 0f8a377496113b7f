// Asks before something is done that others feel. What went wrong stands in the same dialog, to be tried again.
import type { ReactNode } from "react";
import { texts } from "../texts";
import { Button } from "./button";
import styles from "./confirm.module.css";
import { Dialog } from "./dialog";

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  busy: boolean;
  error: Error | null;
  /** Instead of "Cancel". */
  cancel?: string;
  children?: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, text, action, danger = false, busy, error, cancel = texts.cancel, children, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} description={text} open onOpenChange={onClose}>
      {children}
      {error !== null && (
        <p role="alert" className={styles["problem"]}>
          {error.message}
        </p>
      )}
      <div className={styles["actions"]}>
        <Button look="quiet" onClick={onClose}>
          {cancel}
        </Button>
        <Button look={danger ? "danger" : "primary"} disabled={busy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
