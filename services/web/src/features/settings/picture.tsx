// The picture of oneself: chosen from the device, taken away again. Others see either at once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, type ChangeEvent } from "react";
import { changeProfile } from "../../lib/api/account";
import { discardFile } from "../../lib/api/discard-file";
import { uploadFile } from "../../lib/api/upload-file";
import type { User } from "../../lib/api-types";
import { rememberPeople } from "../../lib/people";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { TRAY_LIMIT } from "../../lib/trays";
import { Button } from "../../lib/ui/button";
import styles from "./settings.module.css";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export function Picture({ user }: { user: User }) {
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const change = useMutation({
    mutationFn: (file: File | null) => (file === null ? changeProfile({ avatar: null }) : choose(file)),
    onSuccess: (changed) => {
      client.setQueryData(queryKeys.me, changed);
      rememberPeople(client, [changed]);
      showToast(changed.avatar === null ? texts.account.pictureRemoved : texts.account.pictureChanged);
    },
  });
  function take(event: ChangeEvent<HTMLInputElement>) {
    const [file] = event.target.files ?? [];
    // The same file may be chosen again after a mistake.
    event.target.value = "";
    if (file !== undefined) change.mutate(file);
  }
  return (
    <div className={styles["picture"]}>
      <input ref={field} type="file" accept={TYPES.join(",")} hidden onChange={take} aria-label={texts.account.picture} />
      <div className={styles["buttons"]}>
        <Button look="soft" disabled={change.isPending} onClick={() => field.current?.click()}>
          {change.isPending && change.variables !== null ? texts.account.uploading : texts.account.changePicture}
        </Button>
        {user.avatar !== null && (
          <Button look="quiet" disabled={change.isPending} onClick={() => change.mutate(null)}>
            {texts.account.removePicture}
          </Button>
        )}
      </div>
      {change.error !== null && (
        <p role="alert" className={styles["problem"]}>
          {change.error.message}
        </p>
      )}
    </div>
  );
}

async function choose(file: File): Promise<User> {
  if (!TYPES.includes(file.type) || file.size > TRAY_LIMIT.bytes) throw new Error(texts.account.pictureWrong);
  const sent = await uploadFile(file, () => undefined).done;
  // What only calls itself a picture has no size.
  if (sent.width !== null) return changeProfile({ avatar: sent.id });
  await discardFile(sent.id);
  throw new Error(texts.account.pictureWrong);
}
