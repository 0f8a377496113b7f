// Completion while one writes.
import type { Texts } from "..";
import { many } from "../count";

export const writing: Texts["writing"] = {
  list: "Vorschläge",
  suggestions: (count) => many(count, "Vorschlag", "Vorschläge"),
  everyone: "Alle in dieser Unterhaltung",
  code: (name) => `:${name}:`,
};
