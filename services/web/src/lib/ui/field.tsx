// A labelled text input with a hint or what is wrong with it.
import { useId, type ComponentProps } from "react";
import styles from "./field.module.css";

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
}

export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} aria-invalid={error != null} aria-describedby={note == null ? undefined : `${id}-note`} />
      {note != null && (
        <p id={`${id}-note`} className={error == null ? styles["hint"] : styles["error"]} role={error == null ? undefined : "alert"}>
          {note}
        </p>
      )}
    </div>
  );
}
