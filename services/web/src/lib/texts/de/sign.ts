// Signing in and up.
import type { Texts } from "..";

export const sign: Texts["sign"] = {
  "sign-in": {
    title: "Willkommen zurück",
    text: "Melde dich an, um weiterzureden.",
    action: "Anmelden",
    other: { text: "Neu hier?", link: "Konto anlegen" },
  },
  "sign-up": {
    title: "Leg dein Konto an",
    text: "Wähle einen Namen, den dein Team erkennt.",
    action: "Konto anlegen",
    other: { text: "Du hast schon ein Konto?", link: "Anmelden" },
  },
  username: "Benutzername",
  displayName: "Anzeigename",
  displayNameHint: "Wie andere dich sehen. Er darf leer bleiben.",
  password: "Passwort",
  passwordHint: "Mindestens 12 Zeichen.",
  showPassword: "Passwort zeigen",
  hidePassword: "Passwort verbergen",
};
