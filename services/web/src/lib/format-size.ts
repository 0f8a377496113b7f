// The size of a file as people read it.
import { locale } from "./language";
import { texts } from "./texts";

const UNITS = ["B", "kB", "MB", "GB"];

export function formatSize(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = (bytes / 1_000 ** power).toLocaleString(locale(), { maximumFractionDigits: power === 0 ? 0 : 1 });
  return texts.files.size(value, UNITS[power] ?? "");
}
