// What can be told about a message's text without drawing it: nothing but emoji, too long, or in one line. Pure.
import { parseMarkdown } from "./markdown/parse";
import { wordsOf } from "./markdown/tree";

const EMOJI = /^(\p{RI}\p{RI}|[0-9#*]\u{FE0F}?\u{20E3}|\p{Extended_Pictographic}[\p{Emoji_Modifier}\u{FE0F}\u{200D}\p{Extended_Pictographic}\u{E0020}-\u{E007F}]*)$/u;
/** Longest text in code units worth cutting into letters. */
const FEW = { emoji: 6, units: 80 };
const letters = new Intl.Segmenter();

/** One to six emoji and nothing else: they are drawn large. */
export function isOnlyEmoji(text: string): boolean {
  const tight = text.replace(/\s/g, "");
  if (tight === "" || tight.length > FEW.units) return false;
  const found = [...letters.segment(tight)];
  return found.length <= FEW.emoji && found.every(({ segment }) => EMOJI.test(segment) && !/^[©®™]$/u.test(segment));
}

const LONG = { lines: 24, chars: 1_600 };
const SHORT = { lines: 14, chars: 900 };

/** The beginning of a long text, ending at a line or a word; null if the text is not long. */
export function beginningOf(text: string): string | null {
  const lines = text.split("\n");
  if (lines.length <= LONG.lines && text.length <= LONG.chars) return null;
  const some = lines.slice(0, SHORT.lines).join("\n");
  if (some.length <= SHORT.chars) return some;
  const cut = some.slice(0, SHORT.chars);
  const end = Math.max(cut.lastIndexOf(" "), cut.lastIndexOf("\n"));
  if (end > SHORT.chars / 2) return cut.slice(0, end);
  // In the middle of a long word, but not of a letter that takes two units.
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** One line for lists and for screen readers, without the marks of Markdown. */
export function oneLine(text: string, limit = 200): string {
  return wordsOf(parseMarkdown(text.slice(0, limit * 2)))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, limit);
}
