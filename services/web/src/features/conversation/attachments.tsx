// The files of a message: images as pictures whose place is kept free from the start, all others as rows.
import type { Attachment, Message } from "../../lib/api-types";
import { fileAddress, thumbnailAddress } from "../../lib/api/upload-file";
import { formatSize } from "../../lib/format-size";
import { texts } from "../../lib/texts";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import styles from "./attachments.module.css";
import { useDesk } from "./desk";

export function Attachments({ message, tabIndex }: { message: Message; tabIndex: 0 | -1 }) {
  const desk = useDesk();
  const images = message.attachments.filter(isImage);
  const others = message.attachments.filter((file) => !isImage(file));
  return (
    <>
      {images.length > 0 && (
        <div className={classNames(styles["images"], images.length > 1 && styles["many"])}>
          {images.map((file, index) => (
            <button
              key={file.id}
              type="button"
              className={styles["image"]}
              style={images.length === 1 ? sizeOf(file) : undefined}
              tabIndex={tabIndex}
              aria-label={texts.files.view(file.name)}
              onClick={() => desk.view(message, index)}
            >
              <img src={thumbnailAddress(file.id)} alt="" decoding="async" draggable={false} />
            </button>
          ))}
        </div>
      )}
      {others.length > 0 && (
        <ul className={styles["files"]}>
          {others.map((file) => (
            <li key={file.id}>
              <a className={styles["file"]} href={fileAddress(file.id)} download={file.name} tabIndex={tabIndex}>
                <Icon name="file" size={22} />
                <span className="visually-hidden">{`${texts.files.save} `}</span>
                <span className={styles["name"]}>{file.name}</span>
                <span className={styles["size"]}>{formatSize(file.size)}</span>
                <Icon name="download" size={18} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function isImage({ thumbnail, width, height }: Attachment): boolean {
  return thumbnail && width !== null && height !== null;
}

const LARGEST = { width: 400, height: 320 };
/** A hair-thin image is still one that can be touched. */
const SMALLEST = 48;

/** Its own shape, within limits; the browser makes it smaller where there is less room, in the same shape. */
function sizeOf({ width, height }: Attachment): React.CSSProperties {
  const [w, h] = [width ?? 1, height ?? 1];
  const scale = Math.min(1, LARGEST.width / w, LARGEST.height / h);
  const shown = { width: Math.max(SMALLEST, Math.round(w * scale)), height: Math.max(SMALLEST, Math.round(h * scale)) };
  return { width: shown.width, aspectRatio: `${shown.width} / ${shown.height}` };
}
