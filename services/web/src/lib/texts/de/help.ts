// Keyboard shortcuts.
import type { Texts } from "..";

export const help: Texts["help"] = {
  title: "Tastenkürzel",
  text: "Alles geht auch ohne Maus.",
  switcher: "Zu einer Unterhaltung oder Person springen, oder einen Befehl ausführen",
  neighbours: "Vorige oder nächste Unterhaltung",
  unread: "Vorige oder nächste ungelesene Unterhaltung",
  send: "Nachricht senden",
  newLine: "Neue Zeile in der Nachricht",
  newest: "Zur neuesten Nachricht und ins Textfeld",
  history: "Von Nachricht zu Nachricht, wenn die Liste den Fokus hat",
  help: "Diese Hilfe",
  or: "oder",
};
