// Shows the toasts in a polite live region. One goes by itself after a while, but not while it is pointed at
// or holds the focus.
import { useEffect, useState } from "react";
import { texts } from "../texts";
import { dismissToast, useToasts, type Toast } from "../toasts";
import { classNames } from "./class-names";
import { Icon } from "./icons";
import styles from "./toaster.module.css";

const STAY_MILLIS = { plain: 6_000, withAction: 12_000 };

export function Toaster() {
  const toasts = useToasts();
  return (
    <section className={styles["region"]} aria-label={texts.toasts.label} aria-live="polite" aria-relevant="additions">
      {toasts.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function OneToast({ toast: { id, text, look, action } }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(id), action === undefined ? STAY_MILLIS.plain : STAY_MILLIS.withAction);
    return () => clearTimeout(timer);
  }, [held, id, action]);
  return (
    // Only holds the time while somebody is at it; the buttons inside do the rest.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={classNames(styles["toast"], look === "problem" && styles["problem"])}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {look === "problem" && <Icon name="alert" size={18} />}
      <p>{text}</p>
      {action !== undefined && (
        <button
          type="button"
          className={styles["action"]}
          onClick={() => {
            dismissToast(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className={styles["dismiss"]} aria-label={texts.toasts.dismiss} onClick={() => dismissToast(id)}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
