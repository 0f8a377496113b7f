// Was Aufmerksamkeit möchte, und was sie nicht haben soll.
import { many, number } from "../count";

export const attention = {
  mentioned: (count: number) => many(count, "Erwähnung von dir", "Erwähnungen von dir"),
  unread: (count: number) => many(count, "ungelesene Nachricht", "ungelesene Nachrichten"),
  archived: (count: number) => `Archiviert (${count})`,
  draft: (text: string) => `Entwurf: ${text}`,
  muted: "Stumm",
  deleted: "Nachricht gelöscht",
  file: (name: string) => `Datei: ${name}`,
  typing: {
    one: (name: string) => `${name} schreibt …`,
    two: (one: string, other: string) => `${one} und ${other} schreiben …`,
    many: (name: string, others: number) => `${name} und ${others} andere schreiben …`,
    short: "schreibt …",
  },
  presence: { online: "Online", away: "Abwesend", offline: "Offline" },
  lastSeen: (ago: string) => `Zuletzt da: ${ago}`,
  online: (count: number) => `${number(count)} online`,
  mute: "Stummschalten …",
  muteNow: "Stummschalten",
  unmute: "Nicht mehr stumm",
  muteTitle: (title: string) => `${title} stummschalten`,
  muteText: "Es bleibt in der Liste, ohne Benachrichtigungen und ohne im Titel zu zählen.",
  muteFor: { hour: "Für 1 Stunde", eight: "Für 8 Stunden", tomorrow: "Bis morgen", forever: "Bis ich es aufhebe" },
  mutedUntil: (time: string) => `Stumm bis ${time}`,
  mutedForever: "Stumm",
  unmuted: (title: string) => `${title} ist nicht mehr stumm.`,
  markRead: "Als gelesen markieren",
  allRead: "Alles als gelesen markieren",
  allReadDone: "Alles ist gelesen.",
  search: "Nachrichten suchen",
  searchHere: "In diesem Gespräch suchen",
};

/** Hinweise des Browsers, solange niemand auf die Seite sieht oder sie geschlossen ist. */
export const notify = {
  title: "Benachrichtigungen",
  text: "Ein Hinweis deines Browsers, wenn jemand schreibt und du nicht hinsiehst. Ist Confab geschlossen, meldet es direkte Nachrichten, Erwähnungen und Threads, denen du folgst. Stumme Gespräche bleiben still.",
  turnOn: "Benachrichtigungen einschalten",
  on: {
    unknown: "Benachrichtigungen sind in diesem Browser eingeschaltet.",
    always: "Benachrichtigungen sind in diesem Browser eingeschaltet, auch solange Confab geschlossen ist.",
    noService: "Benachrichtigungen kommen, solange Confab offen ist. Ist es geschlossen, kann dieser Browser keine empfangen.",
    noServer: "Benachrichtigungen kommen, solange Confab offen ist. Ist es geschlossen, sendet dieser Server keine an diesen Browser.",
    failed: "Benachrichtigungen kommen, solange Confab offen ist. Dem Server war nicht zu sagen, dass er sie auch sonst senden soll.",
  },
  turnOff: "Ausschalten",
  denied: "Der Browser lässt Confab keine Benachrichtigungen zeigen. Erlaube es in den Einstellungen des Browsers für diese Seite.",
  missing: "Dieser Browser kann keine Benachrichtigungen zeigen.",
  from: (author: string, title: string) => `${author} in ${title}`,
};
