// The scroll place: the newest message stays in sight until the reader goes up, whatever the rows turn out to measure.
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useScrollPlace } from "./use-scroll-place";

const VIEW = 600;
let height = 800;
let resized: () => void = () => undefined;

beforeEach(() => {
  height = 800;
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe = vi.fn();
      disconnect = vi.fn();
    },
  );
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(VIEW);
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockImplementation(() => height);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const rows: readonly unknown[] = [];

function List() {
  const { scroller, content, onScroll, atEnd } = useScrollPlace(1, rows, true, true);
  return (
    <div ref={scroller} onScroll={onScroll} data-testid="list" data-end={atEnd}>
      <div ref={content} />
    </div>
  );
}

function list() {
  const element = screen.getByTestId("list");
  return {
    element,
    scrollTo: (top: number) => {
      element.scrollTop = top;
      fireEvent.scroll(element);
    },
  };
}

test("rows that turn out taller move the end, not the reader", () => {
  render(<List />);
  const { element, scrollTo } = list();
  expect(element.scrollTop).toBe(800);
  // The virtual list puts in the heights that it measured, and moves what is in sight before it tells of them.
  height = 2400;
  scrollTo(203);
  act(() => resized());
  expect(element.scrollTop).toBe(2400);
  expect(element.dataset["end"]).toBe("true");
});

test("whoever goes up stays there, until they come back", () => {
  render(<List />);
  const { element, scrollTo } = list();
  scrollTo(120);
  height = 900;
  act(() => resized());
  expect(element.scrollTop).toBe(120);
  expect(element.dataset["end"]).toBe("false");
  scrollTo(290);
  height = 1000;
  act(() => resized());
  expect(element.scrollTop).toBe(1000);
});
