// Times as people read them, in the language of the page and the zone of the browser.
import { locale } from "./language";
import { texts } from "./texts";

const DAY_MILLIS = 86_400_000;
let made: Formats | null = null;

/** Kept for one language: making one is slow. */
function formats(): Formats {
  const tag = locale();
  if (made?.tag !== tag) made = makeFormats(tag);
  return made;
}

type Formats = ReturnType<typeof makeFormats>;

function makeFormats(tag: string) {
  return {
    tag,
    clock: new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" }),
    weekday: new Intl.DateTimeFormat(tag, { weekday: "short" }),
    shortDate: new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" }),
    longDate: new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long" }),
    full: new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "medium" }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto" }),
  };
}

export function clockTime(at: string): string {
  return formats().clock.format(new Date(at));
}

export function fullTime(at: string): string {
  return formats().full.format(new Date(at));
}

/** For the sidebar: how long ago within the hour, then the time today, the weekday this week, else the date. */
export function shortTime(at: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(at).getTime()) / 60_000);
  if (minutes < 1) return texts.time.now;
  if (minutes < 60) return texts.time.minutes(minutes);
  const days = daysBetween(new Date(at), now);
  if (days <= 0) return clockTime(at);
  return (days < 7 ? formats().weekday : formats().shortDate).format(new Date(at));
}

/** In words: "5 minutes ago", "yesterday". */
export function agoTime(at: string, now: Date): string {
  const { relative } = formats();
  const minutes = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 60_000));
  if (minutes < 60) return relative.format(-minutes, "minute");
  const days = daysBetween(new Date(at), now);
  return days < 1 ? relative.format(-Math.round(minutes / 60), "hour") : relative.format(-days, "day");
}

/** For the line between two days of a conversation. */
export function dayName(at: string, now = new Date()): string {
  const days = daysBetween(new Date(at), now);
  if (days <= 0) return texts.time.today;
  return days === 1 ? texts.time.yesterday : formats().longDate.format(new Date(at));
}

/** The day in the zone of the browser that a time lies in, from its midnight to the next. */
export function dayOf(millis: number): { from: number; to: number } {
  const at = new Date(millis);
  const midnight = (days: number) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime();
  return { from: midnight(0), to: midnight(1) };
}

function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(later) - midnight(earlier)) / DAY_MILLIS);
}
