// A labelled choice from a few: the browser's own control, so it works with every keyboard and on every phone.
import { useId, type ComponentProps } from "react";
import styles from "./field.module.css";

interface SelectProps extends ComponentProps<"select"> {
  label: string;
  hint?: string | undefined;
  options: readonly { value: string; label: string }[];
}

export function Select({ label, hint, options, ...select }: SelectProps) {
  const id = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id} aria-describedby={hint === undefined ? undefined : `${id}-note`}>
        {options.map(({ value, label: text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-note`} className={styles["hint"]}>
          {hint}
        </p>
      )}
    </div>
  );
}
