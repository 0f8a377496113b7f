// Emoji and where they are picked.
import type { Texts } from "..";

export const emoji: Texts["emoji"] = {
  pick: "Emoji auswählen",
  search: "Emoji suchen",
  list: "Emoji",
  loading: "Emoji werden geladen",
  nothing: "Kein Emoji heißt so. Versuche ein anderes Wort.",
  found: "Gefunden",
  recent: "Zuletzt benutzt",
  groups: {
    smileys: "Smileys und Gefühle",
    people: "Menschen und Körper",
    animals: "Tiere und Natur",
    food: "Essen und Trinken",
    travel: "Reisen und Orte",
    activities: "Aktivitäten",
    objects: "Gegenstände",
    symbols: "Symbole",
    flags: "Flaggen",
  },
};
