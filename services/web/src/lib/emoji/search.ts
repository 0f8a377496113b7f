// Which emoji fit what was typed, best first. Pure.

export interface Emoji {
  readonly emoji: string;
  /** In the language of the page. */
  readonly name: string;
  readonly codes: readonly string[];
  /** Number of its group; see `EMOJI_GROUPS`. */
  readonly group: number;
  /** All it is found by: name, words and short codes, in the language of the page and in English. */
  readonly words: readonly string[];
}

/** In the order of the keyboard; the texts name them. */
export const EMOJI_GROUPS = { smileys: 0, people: 1, animals: 3, food: 4, travel: 5, activities: 6, objects: 7, symbols: 8, flags: 9 } as const;
export type EmojiGroup = keyof typeof EMOJI_GROUPS;

/** Every word has to begin a word of the emoji; a short code that begins so comes first, the shortest before longer ones. */
export function findEmoji(all: readonly Emoji[], query: string, limit: number): Emoji[] {
  const typed = plainWord(query.trim());
  const words = typed.split(/[\s_]+/).filter((word) => word !== "");
  if (words.length === 0) return all.slice(0, limit);
  const scored = all.flatMap((one, order) => {
    if (!words.every((word) => one.words.some((own) => own.startsWith(word)))) return [];
    const code = one.codes.filter((own) => own.startsWith(typed)).sort((a, b) => a.length - b.length)[0];
    const name = plainWord(one.name);
    const score = code === typed || name === typed ? 0 : code !== undefined ? 1 + code.length / 100 : name.startsWith(typed) ? 2 : 3;
    return [{ one, score, order }];
  });
  scored.sort((a, b) => a.score - b.score || a.order - b.order);
  return scored.slice(0, limit).map(({ one }) => one);
}

/** Without accents and case: "pate" finds Pâté. */
export function plainWord(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
