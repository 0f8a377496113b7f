// The end of an account: with the password, and a choice about what was said.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { deleteAccount } from "../../lib/api/account";
import type { User } from "../../lib/api-types";
import { useChat } from "../../lib/chat-context";
import { ApiError } from "../../lib/http";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { Choice } from "../../lib/ui/choice";
import { Confirm } from "../../lib/ui/confirm";
import { PasswordField } from "../../lib/ui/password-field";
import styles from "./settings.module.css";

type Messages = "keep" | "delete";

export function Deletion({ user, onDeleted }: { user: User; onDeleted: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <section className={styles["part"]} aria-labelledby="settings-deletion">
      <div className={styles["heading"]}>
        <h2 id="settings-deletion">{texts.account.deletion}</h2>
        <p>{texts.account.deletionText}</p>
      </div>
      <Button look="quiet" className={styles["end"]} onClick={() => setAsking(true)}>
        {texts.account.delete}
      </Button>
      {asking && <Question user={user} onDeleted={onDeleted} onClose={() => setAsking(false)} />}
    </section>
  );
}

function Question({ user, onDeleted, onClose }: { user: User; onDeleted: () => void; onClose: () => void }) {
  const chat = useChat();
  const [password, setPassword] = useState("");
  const [messages, setMessages] = useState<Messages>("keep");
  const end = useMutation({
    mutationFn: () => deleteAccount({ password, messages }),
    onSuccess: () => {
      chat.signedOut();
      onDeleted();
      showToast(texts.account.deleted);
    },
  });
  const wrong = end.error instanceof ApiError && end.error.field === "password";
  return (
    <Confirm
      title={texts.account.deleteTitle}
      text={texts.account.deletionText}
      action={texts.account.deleteConfirm}
      danger
      busy={end.isPending || password === ""}
      error={wrong ? null : end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      <Choice<Messages>
        label={texts.account.deleteWhat}
        value={messages}
        onChange={setMessages}
        options={[
          { value: "keep", label: texts.account.deleteKeep },
          { value: "delete", label: texts.account.deleteAll },
        ]}
      />
      <input type="text" name="username" autoComplete="username" value={user.username} readOnly hidden />
      <PasswordField
        label={texts.account.deletePassword}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={wrong ? texts.account.wrongPassword : null}
      />
    </Confirm>
  );
}
