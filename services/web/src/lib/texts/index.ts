// Every text of the client, in the language of the page: constants, and functions where a text depends on something.
// ESLint holds that components bring no words of their own.
//
// `texts` is another object after the language was changed, so read it where a text is shown, never once for all
// when a module is loaded.
import { language, onLanguage, type Language } from "../language";
import { de } from "./de";
import { en } from "./en";

/** Of the words that stand alone only that they are words. */
export type Texts = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : (typeof en)[Key] };

/** Each as those call it who speak it. */
export const languageNames = { en: "English", de: "Deutsch" } satisfies Record<Language, string>;

const ALL = { en, de };

export let texts: Texts = ALL[language()];

onLanguage(() => {
  texts = ALL[language()];
});
