// Where one writes.
import type { Texts } from "..";
import { number } from "../count";

export const composer: Texts["composer"] = {
  label: "Nachricht",
  placeholder: (title) => `Nachricht an ${title}`,
  send: "Senden",
  tooLong: (bytes) => `${number(bytes)} Bytes zu lang zum Senden`,
  left: (bytes) => `Noch ${number(bytes)} Bytes`,
  hint: "Enter sendet, Umschalt + Enter beginnt eine neue Zeile",
};
