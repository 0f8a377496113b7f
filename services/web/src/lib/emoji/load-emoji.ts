// The list of all emoji, loaded when it is first needed, in the language of the page.
import { useQuery } from "@tanstack/react-query";
import { language, type Language } from "../language";
import { plainWord, type Emoji } from "./search";

type Rows = (typeof import("virtual:emoji/*"))["default"];

/** Null until they are here. A failed load is tried again by the next one who asks. */
export function useEmoji(wanted: boolean): readonly Emoji[] | null {
  const now = language();
  const { data } = useQuery({ queryKey: ["emoji", now], queryFn: () => loadEmoji(now), enabled: wanted, staleTime: Infinity, gcTime: Infinity });
  return data ?? null;
}

/** English words find them in every language. */
export async function loadEmoji(language: Language): Promise<readonly Emoji[]> {
  const [english, own] = await Promise.all([import("virtual:emoji/en"), language === "de" ? import("virtual:emoji/de") : null]);
  return listOf(english.default, own?.default ?? null);
}

function listOf(english: Rows, own: Rows | null): readonly Emoji[] {
  const ownByEmoji = new Map((own ?? []).map((row) => [row[0], row]));
  return english.map(([emoji, name, words, codes, group]) => {
    const [, ownName = "", ownWords = ""] = ownByEmoji.get(emoji) ?? [];
    const found = plainWord(`${name} ${words} ${codes} ${codes.replaceAll("_", " ")} ${ownName} ${ownWords}`).split(/[\s:,()]+/);
    return { emoji, name: ownName === "" ? name : ownName, codes: codes === "" ? [] : codes.split(" "), group, words: [...new Set(found)] };
  });
}
