// How others see one: picture, name, and a few words about the day.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changeProfile } from "../../lib/api/account";
import type { User } from "../../lib/api-types";
import { ApiError } from "../../lib/http";
import { rememberPeople } from "../../lib/people";
import { queryKeys } from "../../lib/query-client";
import { texts } from "../../lib/texts";
import { showToast } from "../../lib/toasts";
import { UserAvatar } from "../../lib/ui/avatar";
import { Button } from "../../lib/ui/button";
import { Field } from "../../lib/ui/field";
import { Picture } from "./picture";
import styles from "./settings.module.css";

export function Profile({ user }: { user: User }) {
  const client = useQueryClient();
  const [touched, setTouched] = useState<{ displayName?: string; statusText?: string }>({});
  const shown = { displayName: user.displayName, statusText: user.statusText, ...touched };
  const change = useMutation({
    mutationFn: changeProfile,
    onSuccess: (changed) => {
      client.setQueryData(queryKeys.me, changed);
      rememberPeople(client, [changed]);
      setTouched({});
      showToast(texts.account.saved);
    },
  });
  const problem = change.error instanceof ApiError ? change.error : null;
  const same = shown.displayName.trim() === user.displayName && shown.statusText.trim() === user.statusText;
  function submit(event: SubmitEvent) {
    event.preventDefault();
    change.mutate({ displayName: shown.displayName.trim(), statusText: shown.statusText.trim() });
  }
  return (
    <section className={styles["part"]} aria-labelledby="settings-profile">
      <div className={styles["heading"]}>
        <h2 id="settings-profile">{texts.settings.profile}</h2>
        <p>{texts.settings.profileText}</p>
      </div>
      <div className={styles["profile"]}>
        <UserAvatar user={user} size="large" />
        <div>
          <strong dir="auto">{user.displayName}</strong>
          <span>{texts.person.handle(user.username)}</span>
          {user.statusText !== "" && <span dir="auto">{user.statusText}</span>}
        </div>
      </div>
      <Picture user={user} />
      <form className={styles["form"]} onSubmit={submit}>
        <Field
          label={texts.account.displayName}
          autoComplete="name"
          value={shown.displayName}
          onChange={(event) => setTouched({ ...touched, displayName: event.target.value })}
          error={problem?.field === "displayName" ? problem.message : null}
          required
        />
        <Field
          label={texts.account.status}
          autoComplete="off"
          hint={texts.account.statusHint}
          value={shown.statusText}
          onChange={(event) => setTouched({ ...touched, statusText: event.target.value })}
          error={problem?.field === "statusText" ? problem.message : null}
        />
        {problem !== null && problem.field === null && (
          <p role="alert" className={styles["problem"]}>
            {problem.message}
          </p>
        )}
        <Button type="submit" look="soft" className={styles["end"]} disabled={change.isPending || same || shown.displayName.trim() === ""}>
          {texts.account.save}
        </Button>
      </form>
    </section>
  );
}
