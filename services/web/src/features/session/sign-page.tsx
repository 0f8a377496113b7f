// Sign up and sign in: the same page with other words, so that one can change one's mind half-way.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { signIn } from "../../lib/api/sign-in";
import { signUp } from "../../lib/api/sign-up";
import { ApiError } from "../../lib/http";
import { usePlaceInTitle } from "../../lib/page-title";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Field } from "../../lib/ui/field";
import { Logo } from "../../lib/ui/icons";
import { PasswordField } from "../../lib/ui/password-field";
import styles from "./sign-page.module.css";
import { beginSession } from "./use-session";

const OTHER = { "sign-in": "/sign-up", "sign-up": "/sign-in" } as const;

const FIELDS = ["username", "displayName", "password"] as const;
type Input = Record<(typeof FIELDS)[number], string>;

export function SignPage({ kind }: { kind: keyof typeof OTHER }) {
  const client = useQueryClient();
  const [input, setInput] = useState<Input>({ username: "", displayName: "", password: "" });
  const words = texts.sign[kind];
  const newAccount = kind === "sign-up";
  usePlaceInTitle(words.action);
  const enter = useMutation({
    mutationFn: () => (newAccount ? signUp(account(input)) : signIn({ username: input.username.trim(), password: input.password })),
    onSuccess: ({ user }) => beginSession(client, user),
  });
  const problem = enter.error instanceof ApiError ? enter.error : null;
  const wrong = FIELDS.find((name) => name === (problem?.code === "username_taken" ? "username" : problem?.field));

  function submit(event: SubmitEvent) {
    event.preventDefault();
    enter.mutate();
  }
  function bind(name: keyof Input) {
    return {
      name,
      value: input[name],
      onChange: (event: React.ChangeEvent<HTMLInputElement>) => setInput({ ...input, [name]: event.target.value }),
      error: wrong === name ? problem?.message : null,
    };
  }

  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <div className={styles["brand"]}>
          <Logo size={36} />
          <span>{texts.product}</span>
        </div>
        <div>
          <h1 className={styles["title"]}>{words.title}</h1>
          <p className={styles["text"]}>{words.text}</p>
        </div>
        <form className={styles["form"]} onSubmit={submit}>
          <Field {...bind("username")} label={texts.sign.username} autoComplete="username" autoCapitalize="none" spellCheck={false} required />
          {newAccount && <Field {...bind("displayName")} label={texts.sign.displayName} hint={texts.sign.displayNameHint} autoComplete="name" />}
          <PasswordField
            {...bind("password")}
            label={texts.sign.password}
            autoComplete={newAccount ? "new-password" : "current-password"}
            hint={newAccount ? texts.sign.passwordHint : undefined}
            required
          />
          {problem !== null && wrong === undefined && (
            <p className={styles["problem"]} role="alert">
              {problem.message}
            </p>
          )}
          <Button type="submit" disabled={enter.isPending} className={styles["submit"]}>
            {words.action}
          </Button>
        </form>
        <p className={styles["other"]}>
          {words.other.text} <Link to={OTHER[kind]}>{words.other.link}</Link>
        </p>
      </div>
    </main>
  );
}

function account({ username, password, displayName }: Input) {
  const shown = displayName.trim();
  return { username: username.trim(), password, ...(shown === "" ? {} : { displayName: shown }) };
}
