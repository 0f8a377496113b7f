// The language of the page: what the browser asks for, or what was chosen in this browser. Kept there, put on <html>,
// and the same in all its windows. It knows no text; `texts` follows it.
import { useSyncExternalStore } from "react";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_CHOICES = ["system", ...LANGUAGES] as const;
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];

const KEY = "confab.language";
const listeners = new Set<() => void>();
let current = resolve();
show();

export function language(): Language {
  return current;
}

/** For dates and numbers: the language as the browser's owner writes it, such as British English. */
export function locale(): string {
  return navigator.languages.find((tag) => speaks(tag, current)) ?? current;
}

export function languageChoice(): LanguageChoice {
  return LANGUAGE_CHOICES.find((choice) => choice === stored()) ?? "system";
}

export function setLanguage(choice: LanguageChoice): void {
  if (choice === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  changed();
}

/** Told in the order in which they came: `texts` is the first, the page comes after it. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What shows texts is drawn anew under this as its key. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, language);
}

export function useLanguageChoice(): LanguageChoice {
  return useSyncExternalStore(onLanguage, languageChoice);
}

window.addEventListener("storage", ({ key }) => {
  if (key === KEY) changed();
});

function changed(): void {
  current = resolve();
  show();
  for (const listener of listeners) listener();
}

function resolve(): Language {
  const choice = languageChoice();
  if (choice !== "system") return choice;
  for (const tag of navigator.languages) {
    const spoken = LANGUAGES.find((one) => speaks(tag, one));
    if (spoken !== undefined) return spoken;
  }
  return "en";
}

function speaks(tag: string, language: Language): boolean {
  return tag === language || tag.startsWith(`${language}-`);
}

function show(): void {
  document.documentElement.lang = current;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch (error) {
    // Storage is blocked: the language follows the browser.
    if (error instanceof DOMException) return null;
    throw error;
  }
}
