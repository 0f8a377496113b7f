// The command palette.
import type { Texts } from "..";

export const switcher: Texts["switcher"] = {
  title: "Springen zu",
  text: "Eine Unterhaltung, oder jemand mit Namen.",
  input: "Unterhaltung oder Person",
  list: "Treffer",
  person: (username) => `Neuer Chat mit @${username}`,
  nothing: "Nichts gefunden. Versuche ein anderes Wort oder weniger Buchstaben.",
};

export const palette: Texts["palette"] = {
  conversations: "Unterhaltungen und Leute",
  commands: "Befehle",
  allRead: "Alles als gelesen markieren",
  theme: (name) => `Farben: ${name}`,
  language: (name) => `Sprache: ${name}`,
};
