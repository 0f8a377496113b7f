// What the keys of the text field make of its text: marks around words, links, and lists that go on. Pure.

export interface Edit {
  readonly text: string;
  /** What is selected; the same twice is the caret. */
  readonly start: number;
  readonly end: number;
}

export type Mark = "**" | "*" | "`" | "~~";

/** Puts the mark around what is selected, or takes it away if it is there. */
export function toggleMark({ text, start, end }: Edit, mark: Mark): Edit {
  const { length } = mark;
  const chosen = text.slice(start, end);
  const [before, after] = [text.slice(0, start), text.slice(end)];
  // One star beside another is half of a strong mark, not a mark of its own.
  const single = mark !== "*" || (!before.endsWith("**") && !after.startsWith("**"));
  if (before.endsWith(mark) && after.startsWith(mark) && single) {
    return { text: before.slice(0, -length) + chosen + after.slice(length), start: start - length, end: end - length };
  }
  const inside = chosen.length >= 2 * length && chosen.startsWith(mark) && chosen.endsWith(mark) && !(mark === "*" && chosen.startsWith("**"));
  if (inside) {
    const bare = chosen.slice(length, -length);
    return { text: before + bare + after, start, end: start + bare.length };
  }
  if (mark === "`" && chosen.includes("\n")) return fence({ text, start, end });
  return { text: before + mark + chosen + mark + after, start: start + length, end: end + length };
}

function fence({ text, start, end }: Edit): Edit {
  const chosen = text.slice(start, end);
  const lead = start === 0 || text[start - 1] === "\n" ? "" : "\n";
  const tail = end === text.length || text[end] === "\n" ? "" : "\n";
  const opened = `${lead}\`\`\`\n`;
  return { text: `${text.slice(0, start)}${opened}${chosen}\n\`\`\`${tail}${text.slice(end)}`, start: start + opened.length, end: end + opened.length };
}

const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;

/** Makes a link of what is selected; the caret goes to what is still missing: its address, or its words. */
export function makeLink({ text, start, end }: Edit): Edit {
  const chosen = text.slice(start, end);
  const isAddress = ADDRESS.test(chosen);
  const made = isAddress ? `[](${chosen})` : `[${chosen}]()`;
  const caret = isAddress || chosen === "" ? start + 1 : start + made.length - 1;
  return { text: text.slice(0, start) + made + text.slice(end), start: caret, end: caret };
}

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)]|>)(\s+)/;

/** A new line in a list or quote goes on with it; in an empty item it ends it. Null if there is nothing to go on with. */
export function continueList({ text, start, end }: Edit): Edit | null {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const line = text.slice(lineStart, start);
  const found = ITEM.exec(line);
  if (found === null) return null;
  const [whole, indent = "", mark = "", space = ""] = found;
  if (whole === line && text.slice(end).split("\n", 1)[0] === "") return { text: text.slice(0, lineStart) + text.slice(end), start: lineStart, end: lineStart };
  const number = /^\d+/.exec(mark);
  const next = number === null ? mark : `${Number(number[0]) + 1}${mark.slice(number[0].length)}`;
  const added = `\n${indent}${next}${space}`;
  const caret = start + added.length;
  return { text: text.slice(0, start) + added + text.slice(end), start: caret, end: caret };
}

/** Puts a text in the place of what is selected. */
export function insertText({ text, start, end }: Edit, added: string): Edit {
  const caret = start + added.length;
  return { text: text.slice(0, start) + added + text.slice(end), start: caret, end: caret };
}
