// Completion while one writes.
import { many } from "../count";

export const writing = {
  list: "Suggestions",
  suggestions: (count: number) => many(count, "suggestion", "suggestions"),
  everyone: "Everybody in this conversation",
  code: (name: string) => `:${name}:`,
};
