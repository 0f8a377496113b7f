// Until when something is muted.
import { expect, it } from "vitest";
import { FOREVER, mutedUntil } from "./mute-time";

const now = new Date(2026, 10, 22, 23, 30);

it("counts from now, or to the next morning", () => {
  expect(mutedUntil("hour", now)).toEqual(new Date(2026, 10, 23, 0, 30));
  expect(mutedUntil("eight", now)).toEqual(new Date(2026, 10, 23, 7, 30));
  expect(mutedUntil("tomorrow", now)).toEqual(new Date(2026, 10, 23, 8, 0));
  expect(mutedUntil("forever", now)).toEqual(FOREVER);
});
