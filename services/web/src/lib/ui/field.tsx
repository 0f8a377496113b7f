// A labelled text input with a hint or what is wrong with it.
import { useId, type ComponentProps, type ReactNode } from "react";
import styles from "./field.module.css";

export interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  /** A button inside of the field, at its end. */
  beside?: ReactNode;
}

export function Field({ label, hint, error, beside, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <div className={styles["input"]}>
        <input {...input} id={id} aria-invalid={error != null} aria-describedby={note == null ? undefined : `${id}-note`} />
        {beside}
      </div>
      {note != null && (
        <p id={`${id}-note`} className={error == null ? styles["hint"] : styles["error"]} role={error == null ? undefined : "alert"}>
          {note}
        </p>
      )}
    </div>
  );
}
