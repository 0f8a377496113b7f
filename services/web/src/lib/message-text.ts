// What stands in a message's plain text: fenced code, inline code, links, or nothing but emoji. Pure.
//
// Everything that is not recognised stays exactly as it was typed. A link is made for http and https only,
// and only if the browser's own parser takes it for an address.

export type Block = { kind: "text"; parts: readonly Part[] } | { kind: "code"; language: string; text: string };
export type Part = { kind: "plain"; text: string } | { kind: "code"; text: string } | { kind: "link"; text: string; href: string };

/** ``` with a word for the language, alone on a line. */
const FENCE = /^\s{0,3}```([\w+#.-]*)\s*$/;
const INLINE = /`([^`\n]+)`|(https?:\/\/[^\s<>"`]+)/gi;

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let words: string[] = [];
  let code: { language: string; lines: string[] } | null = null;
  const flush = () => {
    const joined = words.join("\n");
    // The line breaks next to a fence belong to the fence.
    const trimmed = blocks.length > 0 || code !== null ? joined.replace(/^\n+|\n+$/g, "") : joined;
    if (trimmed !== "") blocks.push({ kind: "text", parts: partsOf(trimmed) });
    words = [];
  };
  for (const line of text.split("\n")) {
    const fence = FENCE.exec(line);
    if (code !== null) {
      if (fence === null || fence[1] !== "") code.lines.push(line);
      else {
        blocks.push({ kind: "code", language: code.language, text: code.lines.join("\n") });
        code = null;
      }
    } else if (fence !== null) {
      code = { language: fence[1] ?? "", lines: [] };
      flush();
    } else words.push(line);
  }
  // A fence that nobody closed goes to the end.
  if (code !== null) blocks.push({ kind: "code", language: code.language, text: code.lines.join("\n") });
  else flush();
  return blocks;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  const plain = (end: number) => {
    if (end > done) parts.push({ kind: "plain", text: text.slice(done, end) });
  };
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, address] = match;
    const part: Part | null = code !== undefined ? { kind: "code", text: code } : linkOf(address ?? "");
    if (part === null) continue;
    plain(match.index);
    parts.push(part);
    done = match.index + (part.kind === "link" ? part.text.length : whole.length);
  }
  plain(text.length);
  return parts;
}

/** Without the full stop or bracket that belongs to the sentence around it. */
function linkOf(address: string): Part | null {
  let end = address.length;
  let unopened = { ")": surplus(address, "(", ")"), "]": surplus(address, "[", "]") };
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (last === ")" || last === "]") {
      if (unopened[last] <= 0) break;
      unopened = { ...unopened, [last]: unopened[last] - 1 };
    } else if (!/[.,;:!?'*_~}]/.test(last)) break;
  }
  const text = address.slice(0, end);
  if (!URL.canParse(text)) return null;
  const { href, protocol, hostname } = new URL(text);
  return (protocol === "http:" || protocol === "https:") && hostname !== "" ? { kind: "link", text, href } : null;
}

/** How many brackets are closed that were not opened. */
function surplus(text: string, open: string, close: string): number {
  return text.split(close).length - text.split(open).length;
}

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

/** One line for lists and for screen readers, without the marks of code. */
export function oneLine(text: string, limit = 200): string {
  return text
    .slice(0, limit * 2)
    .replace(/^\s{0,3}```[\w+#.-]*\s*$/gm, "")
    .replace(/`([^`\n]+)`/g, "$1")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, limit);
}
