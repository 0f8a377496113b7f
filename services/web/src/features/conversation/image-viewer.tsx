// The images of a message, large: arrow keys or a swipe go from one to the next, Escape closes.
import { Dialog as Radix } from "radix-ui";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Attachment } from "../../lib/api-types";
import { fileAddress } from "../../lib/api/upload-file";
import { formatSize } from "../../lib/format-size";
import { texts } from "../../lib/texts";
import { Icon } from "../../lib/ui/icons";
import styles from "./image-viewer.module.css";

interface ImageViewerProps {
  images: readonly Attachment[];
  start: number;
  onClose: () => void;
}

/** So far a finger has to go, in pixels. */
const SWIPE = 50;

export function ImageViewer({ images, start, onClose }: ImageViewerProps) {
  const [opener] = useState(() => document.activeElement);
  const [index, setIndex] = useState(start);
  const from = useRef<number | null>(null);
  const image = images[index];
  if (image === undefined) return null;
  const step = (by: number) => setIndex((before) => Math.min(images.length - 1, Math.max(0, before + by)));

  function onKeyDown(event: KeyboardEvent) {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    step(by);
  }
  function onPointerUp(event: PointerEvent) {
    const moved = from.current === null ? 0 : event.clientX - from.current;
    from.current = null;
    if (Math.abs(moved) > SWIPE) step(moved > 0 ? -1 : 1);
  }
  function giveBack(event: Event) {
    event.preventDefault();
    if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
  }
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className={styles["shade"]} />
        <Radix.Content className={styles["viewer"]} onKeyDown={onKeyDown} onCloseAutoFocus={giveBack}>
          <header className={styles["head"]}>
            <Radix.Title className={styles["title"]}>{image.name}</Radix.Title>
            <Radix.Description className={styles["text"]} aria-live="polite">
              {images.length > 1 ? `${texts.files.viewerText(index + 1, images.length)} · ` : ""}
              {formatSize(image.size)}
            </Radix.Description>
            <a className={styles["button"]} href={fileAddress(image.id)} download={image.name} aria-label={texts.files.download(image.name, formatSize(image.size))}>
              <Icon name="download" />
            </a>
            <Radix.Close className={styles["button"]} aria-label={texts.close}>
              <Icon name="close" />
            </Radix.Close>
          </header>
          <div className={styles["stage"]} onPointerDown={(event) => (from.current = event.clientX)} onPointerUp={onPointerUp} onPointerCancel={() => (from.current = null)}>
            <img key={image.id} src={fileAddress(image.id)} alt={texts.files.viewer(image.name)} width={image.width ?? undefined} height={image.height ?? undefined} draggable={false} />
          </div>
          {images.length > 1 && (
            <>
              <button type="button" className={styles["previous"]} disabled={index === 0} aria-label={texts.files.previous} onClick={() => step(-1)}>
                <Icon name="back" />
              </button>
              <button type="button" className={styles["next"]} disabled={index === images.length - 1} aria-label={texts.files.next} onClick={() => step(1)}>
                <Icon name="next" />
              </button>
            </>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
