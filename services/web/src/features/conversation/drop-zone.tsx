// Takes files that are dropped onto a conversation.
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import styles from "./conversation-view.module.css";

interface DropZoneProps {
  /** Null: nothing can be written here. */
  onFiles: ((files: readonly File[]) => void) | null;
  part: string;
  className: string | undefined;
  children: ReactNode;
}

export function DropZone({ onFiles, part, className, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  /** Every element inside tells of its own entering and leaving. */
  const depth = useRef(0);
  const takes = (event: DragEvent) => onFiles !== null && event.dataTransfer.types.includes("Files");
  function moved(event: DragEvent, by: number) {
    if (!takes(event)) return;
    depth.current += by;
    setOver(depth.current > 0);
  }
  function drop(event: DragEvent) {
    if (!takes(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    onFiles?.([...event.dataTransfer.files]);
  }
  return (
    // Only one more way: the button beside the text field does the same.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={className}
      data-part={part}
      onDragEnter={(event) => moved(event, 1)}
      onDragLeave={(event) => moved(event, -1)}
      onDragOver={(event) => takes(event) && event.preventDefault()}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className={styles["drop"]}>
          <Icon name="clip" size={28} />
          {texts.files.drop}
        </div>
      )}
    </div>
  );
}
