// A password, hidden unless one asks to see it.
import { useState } from "react";
import { texts } from "../texts";
import { Field, type FieldProps } from "./field";
import { Icon } from "./icons";
import styles from "./field.module.css";

export function PasswordField(props: Omit<FieldProps, "type" | "beside">) {
  const [shown, setShown] = useState(false);
  const label = shown ? texts.sign.hidePassword : texts.sign.showPassword;
  return (
    <Field
      {...props}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      beside={
        <button type="button" className={styles["eye"]} aria-pressed={shown} aria-label={texts.sign.showPassword} title={label} onClick={() => setShown(!shown)}>
          <Icon name={shown ? "eyeOff" : "eye"} />
        </button>
      }
    />
  );
}
