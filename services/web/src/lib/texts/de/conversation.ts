// The open conversation around its messages.
import type { Texts } from "..";

export const conversation: Texts["conversation"] = {
  region: (title) => `Unterhaltung ${title}`,
  unnamed: "Unterhaltung",
  loading: "Unterhaltung wird geladen",
  failed: "Das Laden hat nicht geklappt",
  gone: "Diese Unterhaltung gibt es hier nicht",
  goneText: "Vielleicht gibt es sie nicht mehr, oder es ist keine von deinen.",
  back: "Zurück zur Liste",
  menu: "Gruppenmenü",
  members: "Mitglieder",
  membersOf: (title) => `Die Leute in ${title}.`,
  loadingMembers: "Mitglieder werden geladen",
  leave: "Gruppe verlassen",
  leaveTitle: (title) => `${title} verlassen?`,
  leaveText: "Du kannst jederzeit wieder beitreten.",
  stay: "Bleiben",
  left: (title) => `Du hast ${title} verlassen.`,
  openGroup: "Gruppe, offen für alle hier",
  privateGroup: "Private Gruppe",
  lookingIn: "Du schaust nur hinein. Tritt bei, um zu schreiben.",
  join: (title) => `${title} beitreten`,
  readOnly: "Du darfst hier lesen, aber nicht schreiben.",
};
