// The languages: of one shape, chosen by the browser or by hand, and everything follows.
import { afterEach, describe, expect, it, vi } from "vitest";
import { texts } from ".";
import { clockTime, fullTime } from "../format-time";
import { language, locale, setLanguage } from "../language";
import { number } from "./count";
import { de } from "./de";
import { en } from "./en";

/** What there is, as "messages.you: string". */
function shapeOf(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, one]) => shapeOf(one, path === "" ? key : `${path}.${key}`)).sort();
}

function wordsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(wordsOf) : [];
}

function browserSpeaks(...languages: string[]) {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  setLanguage("system");
}

afterEach(() => {
  vi.restoreAllMocks();
  setLanguage("system");
});

describe("texts", () => {
  it("have the same shape in every language, and nothing left empty", () => {
    expect(shapeOf(de, "")).toEqual(shapeOf(en, ""));
    for (const word of [...wordsOf(en), ...wordsOf(de)]) expect(word.trim()).not.toBe("");
  });

  it("follow the first language of the browser that there is", () => {
    browserSpeaks("fr-FR", "de-AT", "en-US");
    expect([language(), locale(), texts.cancel, document.documentElement.lang]).toEqual(["de", "de-AT", "Abbrechen", "de"]);
    browserSpeaks("fr-FR");
    expect([language(), locale(), texts.cancel, document.documentElement.lang]).toEqual(["en", "en", "Cancel", "en"]);
  });

  it("follow the choice, which is kept", () => {
    browserSpeaks("en-GB");
    setLanguage("de");
    expect([texts.cancel, localStorage.getItem("confab.language")]).toEqual(["Abbrechen", "de"]);
    setLanguage("system");
    expect([texts.cancel, localStorage.getItem("confab.language")]).toEqual(["Cancel", null]);
  });

  it("follow another window", () => {
    localStorage.setItem("confab.language", "de");
    window.dispatchEvent(new StorageEvent("storage", { key: "confab.language" }));
    expect(texts.cancel).toBe("Abbrechen");
  });

  it("bring dates and numbers along", () => {
    const at = new Date(2026, 10, 19, 15, 4).toISOString();
    setLanguage("en");
    expect([number(12_345), clockTime(at)]).toEqual(["12,345", expect.stringMatching(/3:04\sPM/)]);
    setLanguage("de");
    expect([number(12_345), clockTime(at)]).toEqual(["12.345", "15:04"]);
    expect(fullTime(at)).toContain("Donnerstag");
  });
});
