// Which conversations fit what was typed, best first. Pure.
import type { Command } from "../../lib/commands";
import { conversationTitle, type ConversationSummary } from "../../lib/conversation-summary";

const LIMIT = 8;

/** Every word has to begin a word of the title or of the username; with nothing typed, the latest ones. */
export function fitting(summaries: readonly ConversationSummary[], query: string): ConversationSummary[] {
  const words = wordsOf(query);
  if (words.length === 0) return summaries.slice(0, LIMIT);
  const scored = summaries.flatMap((summary, order) => {
    const title = conversationTitle(summary.conversation);
    const own = wordsOf(`${title} ${summary.conversation.receivers[0]?.username ?? ""}`);
    if (!words.every((word) => own.some((one) => one.startsWith(word)))) return [];
    const atStart = plain(title).startsWith(words.join(" "));
    return [{ summary, score: atStart ? 0 : 1, order }];
  });
  scored.sort((a, b) => a.score - b.score || a.order - b.order);
  return scored.slice(0, LIMIT).map(({ summary }) => summary);
}

/**
 * Titles whose words begin so first; if `loose`, also those that have the letters in this order. All of them with
 * nothing typed.
 */
export function fittingCommands(commands: readonly Command[], query: string, loose: boolean): Command[] {
  const words = wordsOf(query);
  if (words.length === 0) return [...commands];
  const letters = words.join("");
  const scored = commands.flatMap((command, order) => {
    const own = wordsOf(`${command.title} ${command.words ?? ""}`);
    const score = words.every((word) => own.some((one) => one.startsWith(word))) ? 0 : loose && hasInOrder(own.join(""), letters) ? 1 : 2;
    return score === 2 ? [] : [{ command, score, order }];
  });
  scored.sort((a, b) => a.score - b.score || a.order - b.order);
  return scored.slice(0, LIMIT).map(({ command }) => command);
}

function hasInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === letters[at]) at += 1;
  return at === letters.length;
}

/** Without accents and case, so that "jose" finds José. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

function wordsOf(text: string): string[] {
  return plain(text).split(/[\s@._-]+/).filter((word) => word !== "");
}
