// Finding and making groups, and the roles in them.
import type { Texts } from "..";
import { many } from "../count";

export const roles: Texts["roles"] = { owner: "Eigentum", admin: "Verwaltung", member: "Mitglied", reader: "darf lesen", banned: "gesperrt" };

export const browse: Texts["browse"] = {
  title: "Gruppen ansehen",
  text: "Gruppen, denen hier alle beitreten dürfen.",
  search: "Gruppen suchen",
  loading: "Gruppen werden geladen",
  list: "Gruppen",
  none: "Es gibt noch keine Gruppen. Beginne die erste.",
  noMatch: (query) => `Keine Gruppe heißt „${query}“.`,
  create: "Neue Gruppe",
  lookInto: "In die Gruppe schauen",
  open: "Gruppe öffnen",
  youAreIn: "Du bist dabei · ",
  empty: "Noch keine Nachrichten",
  count: (count) => many(count, "Nachricht", "Nachrichten"),
  join: "Beitreten",
  joinNamed: (name) => `${name} beitreten`,
};

export const group: Texts["group"] = {
  title: "Neue Gruppe",
  text: "Ein Ort für ein Team oder ein Thema.",
  name: "Name der Gruppe",
  create: "Gruppe anlegen",
};
