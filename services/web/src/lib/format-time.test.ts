// Times in words, from now back.
import { describe, expect, it } from "vitest";
import { agoTime, dayName, dayOf, shortTime } from "./format-time";

const NOW = new Date(2026, 10, 19, 12, 0, 0);
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

describe("shortTime", () => {
  it("counts minutes within the hour, then tells the time, the weekday, the date", () => {
    expect(shortTime(ago(0), NOW)).toBe("now");
    expect(shortTime(ago(-2), NOW)).toBe("now");
    expect(shortTime(ago(59.9), NOW)).toBe("59 min");
    expect(shortTime(ago(60), NOW)).toMatch(/^11[:.]00/);
    expect(shortTime(ago(2 * 1440), NOW)).toMatch(/^Tue/);
    expect(shortTime(ago(30 * 1440), NOW)).toMatch(/20/);
  });
});

describe("agoTime", () => {
  it("says how long ago", () => {
    expect(agoTime(ago(0), NOW)).toBe("this minute");
    expect(agoTime(ago(5), NOW)).toBe("5 minutes ago");
    expect(agoTime(ago(180), NOW)).toBe("3 hours ago");
    expect(agoTime(ago(1440), NOW)).toBe("yesterday");
    expect(agoTime(ago(3 * 1440), NOW)).toBe("3 days ago");
  });
});

describe("dayName", () => {
  it("knows today and yesterday by the calendar", () => {
    expect(dayName(ago(11 * 60), NOW)).toBe("Today");
    expect(dayName(ago(13 * 60), NOW)).toBe("Yesterday");
    const { from, to } = dayOf(Date.parse(ago(11 * 60)));
    expect(Date.parse(ago(11 * 60))).toBeGreaterThanOrEqual(from);
    expect(NOW.getTime()).toBeLessThan(to);
    expect(Date.parse(ago(13 * 60))).toBeLessThan(from);
  });
});
