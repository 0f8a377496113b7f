// Times as people read them, in the browser's own language and zone.
import { texts } from "./texts";

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY_MILLIS = 86_400_000;

export function clockTime(at: string): string {
  return clock.format(new Date(at));
}

export function fullTime(at: string): string {
  return full.format(new Date(at));
}

/** For the sidebar: how long ago within the hour, then the time today, the weekday this week, else the date. */
export function shortTime(at: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(at).getTime()) / 60_000);
  if (minutes < 1) return texts.time.now;
  if (minutes < 60) return texts.time.minutes(minutes);
  const days = daysBetween(new Date(at), now);
  if (days <= 0) return clockTime(at);
  return (days < 7 ? weekday : shortDate).format(new Date(at));
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** In words: "5 minutes ago", "yesterday". */
export function agoTime(at: string, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 60_000));
  if (minutes < 60) return relative.format(-minutes, "minute");
  const days = daysBetween(new Date(at), now);
  return days < 1 ? relative.format(-Math.round(minutes / 60), "hour") : relative.format(-days, "day");
}

/** For the line between two days of a conversation. */
export function dayName(at: string, now = new Date()): string {
  const days = daysBetween(new Date(at), now);
  if (days <= 0) return texts.time.today;
  return days === 1 ? texts.time.yesterday : longDate.format(new Date(at));
}

export function sameDay(a: string, b: string): boolean {
  return daysBetween(new Date(a), new Date(b)) === 0;
}

function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(later) - midnight(earlier)) / DAY_MILLIS);
}
