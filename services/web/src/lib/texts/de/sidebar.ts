// The list of conversations, and the page with none open.
import type { Texts } from "..";

export const sidebar: Texts["sidebar"] = {
  label: "Seitenleiste",
  list: "Unterhaltungen",
  browse: "Gruppen ansehen",
  newGroup: "Neue Gruppe",
  newChat: "Neuer Chat",
  jump: "Springen zu …",
  account: "Konto",
  settings: "Einstellungen",
  shortcuts: "Tastenkürzel",
  signOut: "Abmelden",
  notSignedOut: (reason) => `Du bist noch angemeldet. ${reason}`,
  loading: "Unterhaltungen werden geladen",
  failed: "Die Liste konnte nicht geladen werden",
  quiet: "Hier ist es noch still",
  quietText: "Schreib jemandem, schau nach einer Gruppe oder beginne eine.",
  findPerson: "Person suchen",
  noMessages: "Noch keine Nachrichten",
  you: (text) => `Du: ${text}`,
  from: (author, text) => `${author}: ${text}`,
  unread: "ungelesen",
};

export const empty: Texts["empty"] = {
  welcome: "Willkommen bei Confab",
  welcomeText: "Links werden deine Unterhaltungen stehen, und hier, was darin gesagt wird. Drei Wege zu beginnen:",
  pick: "Wähle eine Unterhaltung",
  pickText: "Wähle links eine aus, oder springe mit dem Namen zu jemandem.",
  find: "Schreib jemandem, dessen Namen du kennst.",
  browse: "Sieh nach, welche Gruppen es gibt, und tritt einer bei.",
  group: "Beginne einen Ort für ein Team oder ein Thema.",
};
