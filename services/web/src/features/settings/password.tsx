// Changes the password. Every other place where one is signed in is signed out by it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changePassword } from "../../lib/api/change-password";
import type { User } from "../../lib/api-types";
import { ApiError } from "../../lib/http";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { Button } from "../../lib/ui/button";
import { PasswordField } from "../../lib/ui/password-field";
import styles from "./settings.module.css";

const FIELDS = ["currentPassword", "newPassword"] as const;
const EMPTY = { currentPassword: "", newPassword: "" };

export function Password({ user }: { user: User }) {
  const client = useQueryClient();
  const [input, setInput] = useState(EMPTY);
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setInput(EMPTY);
      showToast(texts.settings.passwordChanged);
      void client.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  });
  const problem = change.error instanceof ApiError ? change.error : null;
  const wrong = FIELDS.find((name) => name === problem?.field) ?? null;
  function submit(event: SubmitEvent) {
    event.preventDefault();
    change.mutate(input);
  }
  return (
    <section className={styles["part"]} aria-labelledby="settings-password">
      <div className={styles["heading"]}>
        <h2 id="settings-password">{texts.settings.password}</h2>
        <p>{texts.settings.passwordText}</p>
      </div>
      <form className={styles["form"]} onSubmit={submit}>
        {/* Password managers need to know whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={user.username} readOnly hidden />
        <PasswordField
          label={texts.settings.currentPassword}
          autoComplete="current-password"
          value={input.currentPassword}
          onChange={(event) => setInput({ ...input, currentPassword: event.target.value })}
          error={wrong === "currentPassword" ? texts.settings.wrongPassword : null}
          required
        />
        <PasswordField
          label={texts.settings.newPassword}
          autoComplete="new-password"
          hint={texts.sign.passwordHint}
          value={input.newPassword}
          onChange={(event) => setInput({ ...input, newPassword: event.target.value })}
          error={wrong === "newPassword" ? problem?.message : null}
          required
        />
        {problem !== null && wrong === null && (
          <p role="alert" className={styles["problem"]}>
            {problem.message}
          </p>
        )}
        <Button type="submit" look="soft" disabled={change.isPending} className={styles["end"]}>
          {texts.settings.changePassword}
        </Button>
      </form>
    </section>
  );
}
