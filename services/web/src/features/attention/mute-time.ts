// Until when "for one hour" or "until tomorrow" is. Pure.
export const MUTES = ["hour", "eight", "tomorrow", "forever"] as const;
export type Mute = (typeof MUTES)[number];

const HOUR_MILLIS = 3_600_000;
/** Whoever is up late means the next morning. */
const MORNING_HOUR = 8;
/** So far away that it reads as for ever; the server knows no other word for it. */
export const FOREVER = new Date(Date.UTC(9999, 0, 1));

export function mutedUntil(mute: Mute, now: Date): Date {
  switch (mute) {
    case "hour":
      return new Date(now.getTime() + HOUR_MILLIS);
    case "eight":
      return new Date(now.getTime() + 8 * HOUR_MILLIS);
    case "tomorrow":
      return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR);
    case "forever":
      return FOREVER;
  }
}
