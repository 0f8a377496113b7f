// Makes small lists of emoji for the client while it is built: `virtual:emoji/en` and `virtual:emoji/de`.
// The names, words and groups are those of emojibase, the short codes those of GitHub.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const PREFIX = "virtual:emoji/";
/** Skin tones and single letters of flags are no emoji by themselves. */
const COMPONENTS = 2;

interface Entry {
  hexcode: string;
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
}

export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load: (id) => (id.startsWith(`\0${PREFIX}`) ? `export default JSON.parse(${JSON.stringify(JSON.stringify(rows(id.slice(PREFIX.length + 1))))})` : null),
  };
}

/** [emoji, name, words, short codes, group] in the order of the keyboard. */
function rows(language: string): unknown[] {
  const entries = read(`${language}/compact.json`) as Entry[];
  const codes = read("en/shortcodes/github.json") as Record<string, string | string[]>;
  return entries
    .filter((entry) => entry.group !== undefined && entry.group !== COMPONENTS)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ hexcode, unicode, label, tags, group }) => [bare(unicode), label, (tags ?? []).join(" "), [codes[hexcode] ?? []].flat().join(" "), group]);
}

/** Without the sign for "as a picture" where that is so anyway: the same emoji is the same text everywhere. */
function bare(emoji: string): string {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`node_modules/emojibase-data/${path}`, import.meta.url), "utf8"));
}
