// Notes come, replace their like, and go.
import { afterEach, describe, expect, it } from "vitest";
import { clearToasts, dismissToast, shownToasts, showToast } from "./toasts";

const words = () => shownToasts().map((toast) => toast.text);
afterEach(clearToasts);

describe("toasts", () => {
  it("shows the newest three", () => {
    for (const text of ["a", "b", "c", "d"]) showToast(text);
    expect(words()).toEqual(["b", "c", "d"]);
  });

  it("does not say the same twice", () => {
    for (const text of ["a", "b", "a"]) showToast(text);
    expect(words()).toEqual(["b", "a"]);
  });

  it("keeps every way back when the same is done twice", () => {
    const undone: number[] = [];
    for (const which of [1, 2]) showToast("Discarded", { action: { label: "Undo", run: () => undone.push(which) } });
    for (const toast of shownToasts()) toast.action?.run();
    expect(undone).toEqual([1, 2]);
  });

  it("drops what only says something before what offers something", () => {
    const action = { label: "Undo", run: () => undefined };
    showToast("undo 1", { action });
    for (const text of ["a", "b", "c"]) showToast(text);
    expect(words()).toEqual(["undo 1", "b", "c"]);
    for (const text of ["undo 2", "undo 3"]) showToast(text, { action });
    expect(words()).toEqual(["undo 1", "undo 2", "undo 3"]);
    showToast("d");
    expect(words()).toEqual(["undo 1", "undo 2", "undo 3"]);
    showToast("undo 4", { action });
    expect(words()).toEqual(["undo 2", "undo 3", "undo 4"]);
  });

  it("dismisses one", () => {
    const id = showToast("a");
    showToast("b");
    dismissToast(id);
    expect(words()).toEqual(["b"]);
  });
});
