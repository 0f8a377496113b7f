// When a read mark is sent, and how seldom.

import { describe, expect, it, vi } from "vitest";
import { CHAT_ID } from "../testing/samples";
import { ApiError } from "./http";
import { ReadMarks } from "./read-marks";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("read marks", () => {
  it("only ever move forward", async () => {
    const put = vi.fn(() => Promise.resolve());
    const marks = new ReadMarks(put, () => undefined);
    marks.seen(CHAT_ID, { seq: 7, messageNo: 5 });
    marks.seen(CHAT_ID, { seq: 4, messageNo: 3 });
    await settled();
    expect(put.mock.calls).toEqual([[CHAT_ID, 7]]);
    expect(marks.messageNo(CHAT_ID)).toBe(5);
  });

  it("send only the last of several that came while one was under way", async () => {
    const put = vi.fn(() => Promise.resolve());
    const marks = new ReadMarks(put, () => undefined);
    for (const seq of [1, 2, 3, 4]) marks.seen(CHAT_ID, { seq, messageNo: seq });
    await settled();
    expect(put.mock.calls).toEqual([
      [CHAT_ID, 1],
      [CHAT_ID, 4],
    ]);
  });

  it("are sent again on the next connection if that failed", async () => {
    const put = vi.fn(() => Promise.resolve());
    put.mockRejectedValueOnce(new ApiError(0, "network", "The server cannot be reached."));
    const marks = new ReadMarks(put, () => undefined);
    marks.seen(CHAT_ID, { seq: 7, messageNo: 5 });
    await settled();
    marks.wake();
    await settled();
    marks.wake();
    expect(put).toHaveBeenCalledTimes(2);
  });

  it("of another device are not sent again", async () => {
    const put = vi.fn(() => Promise.resolve());
    const marks = new ReadMarks(put, () => undefined);
    marks.confirmed(CHAT_ID, { seq: 7, messageNo: 5 });
    marks.confirmed(CHAT_ID, { seq: 3, messageNo: 2 });
    expect(marks.messageNo(CHAT_ID)).toBe(5);
    marks.wake();
    marks.seen(CHAT_ID, { seq: 6, messageNo: 4 });
    await settled();
    expect(put).not.toHaveBeenCalled();
  });
});
