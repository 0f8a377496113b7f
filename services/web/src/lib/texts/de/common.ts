// What stands on many pages, and what the client says about the server and the line.
import type { Texts } from "..";
import { many } from "../count";

export const product = "Confab";
export const tryAgain = "Noch einmal";
export const showMore = "Mehr zeigen";
export const cancel = "Abbrechen";
export const close = "Schließen";
export const skip = "Zur Unterhaltung springen";
export const somebody = "Jemand";

export const start: Texts["start"] = {
  loading: "Wird geladen",
  failed: "Confab konnte nicht starten",
  noAnswer: "Der Server antwortet nicht",
  retrying: "Es wird weiter versucht, bis er antwortet.",
};

export const errors: Texts["errors"] = {
  network: "Der Server ist nicht erreichbar. Prüfe deine Verbindung.",
  timeout: "Der Server hat zu lange nicht geantwortet. Versuche es noch einmal.",
  tooFast: (seconds) =>
    seconds === null || seconds < 5
      ? "Das war zu schnell. Warte einen Moment und versuche es noch einmal."
      : `Das war zu oft. Versuche es in ${many(seconds, "Sekunde", "Sekunden")} noch einmal.`,
  status: (status) => `Der Server hat mit ${status} geantwortet`,
  byCode: {
    invalid_credentials: "Benutzername und Passwort passen nicht zusammen. Prüfe beide und versuche es noch einmal.",
    sign_up_closed: "Neue Konten sind hier nicht möglich. Frage, wer diesen Server betreibt.",
    username_taken: "Diesen Benutzernamen hat schon jemand. Wähle einen anderen.",
    body_too_large: "Das ist zu groß zum Senden.",
    unavailable: "Der Server ist ausgelastet. Versuche es gleich noch einmal.",
  },
};

export const line: Texts["line"] = {
  label: "Verbindung",
  reconnecting: "Verbindung wird wiederhergestellt … Was du schreibst, bleibt erhalten und wird gesendet.",
  crowded: "Confab ist in zu vielen Fenstern offen. Schließe eines, dann geht es hier weiter.",
};

export const time: Texts["time"] = {
  today: "Heute",
  yesterday: "Gestern",
  now: "jetzt",
  minutes: (count) => `${count} Min.`,
};

export const toasts: Texts["toasts"] = { label: "Hinweise", dismiss: "Schließen" };
