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

  it("dismisses one", () => {
    const id = showToast("a");
    showToast("b");
    dismissToast(id);
    expect(words()).toEqual(["b"]);
  });
});
