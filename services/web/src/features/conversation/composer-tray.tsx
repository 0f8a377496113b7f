// The files beside an unsent message: how far each is uploaded, and what one can do about it.
import { useChat } from "../../lib/chat-context";
import { thumbnailAddress } from "../../lib/api/upload-file";
import { formatSize } from "../../lib/format-size";
import { texts } from "../../lib/texts";
import type { TrayFile } from "../../lib/trays";
import { classNames } from "../../lib/ui/class-names";
import { Icon } from "../../lib/ui/icons";
import styles from "./composer-tray.module.css";

export function ComposerTray({ place, files }: { place: string; files: readonly TrayFile[] }) {
  return (
    <ul className={styles["tray"]} aria-label={texts.files.tray}>
      {files.map((file) => (
        <OneFile key={file.key} place={place} file={file} />
      ))}
    </ul>
  );
}

function OneFile({ place, file }: { place: string; file: TrayFile }) {
  const { trays } = useChat();
  const { key, name, size, state, part, attachment, reason } = file;
  const failed = state === "failed" || state === "lost";
  const percent = Math.round(part * 100);
  const running = state === "uploading" || state === "waiting";
  return (
    <li className={classNames(styles["file"], failed && styles["failed"])}>
      <span className={styles["picture"]}>
        {attachment?.thumbnail === true ? <img src={thumbnailAddress(attachment.id)} alt="" /> : <Icon name={failed ? "alert" : "file"} size={18} />}
      </span>
      <span className={styles["about"]}>
        <span className={styles["name"]}>{name}</span>
        <span className={styles["state"]} role={failed ? "alert" : undefined}>
          {failed ? reason : state === "uploading" ? `${texts.files.uploading(percent)} · ${formatSize(size)}` : state === "waiting" ? texts.files.waiting : formatSize(size)}
        </span>
        {state === "uploading" && <progress className={styles["progress"]} max={100} value={percent} aria-label={texts.files.progress(name)} />}
      </span>
      {state === "failed" && (
        <button type="button" aria-label={texts.files.retry(name)} title={texts.files.retry(name)} onClick={() => trays.retry(place, key)}>
          <Icon name="retry" size={16} />
        </button>
      )}
      <button type="button" aria-label={(running ? texts.files.cancel : texts.files.remove)(name)} title={(running ? texts.files.cancel : texts.files.remove)(name)} onClick={() => trays.remove(place, key)}>
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}
