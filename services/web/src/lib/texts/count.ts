// Numbers in texts, as the language writes them.
import { locale } from "../language";

export function number(value: number): string {
  return value.toLocaleString(locale());
}

/** "1 message", "2,000 messages": for languages that know one and many. */
export function many(count: number, one: string, more: string): string {
  return count === 1 ? `1 ${one}` : `${number(count)} ${more}`;
}
