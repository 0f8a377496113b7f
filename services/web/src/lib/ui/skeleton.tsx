// The shape of what is coming, while it comes. It appears only if that takes a moment.
import { classNames } from "./class-names";
import styles from "./skeleton.module.css";

interface SkeletonProps {
  /** What screen readers are told. */
  label: string;
  shape: "rows" | "messages";
  count: number;
}

/** Widths in percent, so that it looks like words and not like a pattern. */
const WIDTHS = [62, 41, 74, 55, 33, 68, 47, 58];

export function Skeleton({ label, shape, count }: SkeletonProps) {
  const items = Array.from({ length: count }, (_, index) => WIDTHS[index % WIDTHS.length] ?? 50);
  return (
    <div role="status" className={styles["skeleton"]}>
      <span className="visually-hidden">{label}</span>
      <div aria-hidden="true" className={styles[shape]}>
        {items.map((width, index) => (
          <div key={index} className={classNames(styles["item"], index % 3 === 2 && styles["other"])}>
            <i className={styles["round"]} />
            <span>
              <i className={styles["line"]} style={{ width: `${width}%` }} />
              <i className={styles["line"]} style={{ width: `${WIDTHS[(index + 3) % WIDTHS.length] ?? 50}%` }} />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
