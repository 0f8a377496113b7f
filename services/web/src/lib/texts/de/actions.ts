// What one does to messages, and what stands round them: reactions, threads, pins, files.
import type { Texts } from "..";
import { many, number } from "../count";

export const actions: Texts["actions"] = {
  label: "Was mit dieser Nachricht geschehen soll",
  react: "Reagieren",
  moreReactions: "Ein anderes Emoji",
  picker: "Emoji",
  reactWith: (emoji) => `Mit ${emoji} reagieren`,
  reply: "Antworten",
  thread: "Im Thread antworten",
  more: "Mehr",
  edit: "Bearbeiten",
  remove: "Löschen",
  pin: "Anheften",
  unpin: "Nicht mehr anheften",
  forward: "Weiterleiten",
  copyText: "Text kopieren",
  copyLink: "Link kopieren",
  edits: "Frühere Fassungen",
  copied: "Text kopiert.",
  linkCopied: "Link kopiert.",
  failed: {
    react: (reason) => `Deine Reaktion wurde nicht angenommen. ${reason}`,
    pin: (reason) => `Am Anheften hat sich nichts geändert. ${reason}`,
    edit: (reason) => `Deine Änderung wurde nicht gespeichert. ${reason}`,
    delete: (reason) => `Die Nachricht wurde nicht gelöscht. ${reason}`,
  },
  deleteTitle: "Diese Nachricht löschen?",
  deleteText: "Ihr Text und ihre Dateien sind dann für alle weg. Das lässt sich nicht rückgängig machen.",
  deleteYes: "Nachricht löschen",
  keep: "Behalten",
  editing: "Nachricht bearbeiten",
  save: "Speichern",
  editHint: "Eingabe speichert, Escape lässt alles, wie es war",
  editsTitle: "Frühere Fassungen",
  editsText: "Was diese Nachricht gesagt hat, das Neueste zuerst.",
  loadingEdits: "Frühere Fassungen werden geladen",
  now: "Jetzt",
  forwardTitle: "Nachricht weiterleiten",
  forwardText: "Wähle, wohin sie geht.",
  forwardSearch: "Unterhaltung suchen",
  forwardTo: (count) => (count === 0 ? "Weiterleiten" : `An ${many(count, "Unterhaltung", "Unterhaltungen")} weiterleiten`),
  forwardList: "Unterhaltungen",
  forwardNone: "Keine Unterhaltung heißt so.",
  forwarded: (count) => `An ${many(count, "Unterhaltung", "Unterhaltungen")} weitergeleitet.`,
};

export const marks: Texts["marks"] = {
  edited: "bearbeitet",
  editedAt: (time) => `Bearbeitet ${time}. Frühere Fassungen zeigen`,
  deleted: "Nachricht gelöscht",
  deletedBy: (author, time) => `${author}, ${time}: Nachricht gelöscht`,
  pinned: "Angeheftet",
  forwardedFrom: (author) => `Weitergeleitet von ${author}`,
  mentionsYou: "Erwähnt dich",
  reactions: "Reaktionen",
  /** Before the emoji. */
  reactedBy: (names) => `${names}:`,
  andOthers: (names, count) => `${names} und ${many(count, "andere Person", "andere")}`,
  /** Before the quoted author and words. */
  quote: "Antwort auf",
  quoteLoading: "Nachricht weiter oben",
  quoteGone: "Diese Nachricht ist nicht mehr da",
  replies: (count) => many(count, "Antwort", "Antworten"),
  lastReply: (ago) => `zuletzt ${ago}`,
  /** Before the number of replies. */
  openThread: "Thread öffnen:",
  sent: "Gesendet",
  readBy: (count) => `Gelesen von ${number(count)}`,
  read: "Gelesen",
  readers: (names) => `Gelesen von ${names}`,
};

export const thread: Texts["thread"] = {
  title: "Thread",
  region: "Thread",
  replies: "Antworten",
  loading: "Antworten werden geladen",
  failed: "Der Thread konnte nicht geladen werden",
  older: "Ältere Antworten zeigen",
  none: "Noch hat niemand geantwortet.",
  close: "Thread schließen",
  follow: "Diesem Thread folgen",
  unfollow: "Diesem Thread nicht mehr folgen",
  followed: "Du folgst diesem Thread.",
  unfollowed: "Du folgst diesem Thread nicht mehr.",
  composer: "Im Thread antworten",
  newest: "Neueste Antwort",
};

export const pins: Texts["pins"] = {
  open: "Angeheftete Nachrichten",
  title: "Angeheftete Nachrichten",
  text: "Was hier alle wiederfinden sollen.",
  loading: "Angeheftete Nachrichten werden geladen",
  list: "Angeheftete Nachrichten",
  none: "Hier ist noch nichts angeheftet. Das Menü einer Nachricht heftet sie an.",
  show: "In der Unterhaltung zeigen",
};

export const jump: Texts["jump"] = {
  unread: (count) => `${many(count, "neue Nachricht", "neue Nachrichten")} weiter oben`,
  failed: (reason) => `Die Nachricht konnte nicht gezeigt werden. ${reason}`,
  gone: "Diese Nachricht ist nicht mehr da.",
  newer: "Neuere Nachrichten werden geladen",
  newerFailed: "Neuere Nachrichten konnten nicht geladen werden. Noch einmal versuchen",
  newest: "Zurück zu den neuesten Nachrichten",
};

export const files: Texts["files"] = {
  attach: "Dateien anhängen",
  tray: "Angehängte Dateien",
  remove: (name) => `${name} entfernen`,
  retry: (name) => `${name} noch einmal hochladen`,
  cancel: (name) => `Hochladen von ${name} abbrechen`,
  uploading: (percent) => `${number(percent)} %`,
  progress: (name) => `Hochladen von ${name}`,
  waiting: "wartet",
  pending: "Gesendet wird, wenn alle Dateien hochgeladen sind.",
  trouble: "Entferne, was nicht hochgeladen wurde, oder versuche es noch einmal.",
  tooLarge: "Dateien über 25 MiB lassen sich nicht senden.",
  tooMany: (limit) => `Eine Nachricht nimmt bis zu ${number(limit)} Dateien.`,
  lost: "Nicht hochgeladen, bevor die Seite neu geladen wurde. Hänge sie noch einmal an.",
  drop: "Dateien hier ablegen, um sie anzuhängen",
  download: (name, size) => `${name} herunterladen, ${size}`,
  view: (name) => `${name} zeigen`,
  images: "Bilder",
  viewer: (name) => `Bild ${name}`,
  viewerText: (index, count) => `${number(index)} von ${number(count)}`,
  previous: "Voriges Bild",
  next: "Nächstes Bild",
  save: "Herunterladen",
  size: (value, unit) => `${value} ${unit}`,
  of: (count) => many(count, "Datei", "Dateien"),
};

export const replyBar: Texts["replyBar"] = {
  to: (author) => `Antwort an ${author}`,
  cancel: "Nicht darauf antworten",
};
