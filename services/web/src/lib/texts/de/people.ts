// Finding people.
import type { Texts } from "..";

export const person: Texts["person"] = {
  title: "Neuer Chat",
  text: "Gib den Anfang eines Namens oder Benutzernamens ein.",
  search: "Person suchen",
  searching: "Wird gesucht",
  list: "Leute",
  nobody: (query) => `Niemand heißt „${query}…“. Versuche den Benutzernamen oder weniger Buchstaben.`,
  nobodyElse: (query) => `Niemand sonst heißt „${query}…“.`,
  handle: (username) => `@${username}`,
};
