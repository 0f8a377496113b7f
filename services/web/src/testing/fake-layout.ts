// Sizes for tests: jsdom lays nothing out, and a virtual list shows only what has a size.
import { vi } from "vitest";

const SIZE = { list: 600, item: 40 };

/** Every observed element gets its size at once and keeps it. */
class InstantResizeObserver {
  readonly #told: ResizeObserverCallback;

  constructor(told: ResizeObserverCallback) {
    this.#told = told;
  }

  observe(target: Element): void {
    const height = target.getAttribute("role") === "region" ? SIZE.list : SIZE.item;
    const entry = { target, contentRect: { height, width: SIZE.list } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.#told([entry], this));
  }

  disconnect(): void {}
  unobserve(): void {}
}

class NoIntersection {
  observe(): void {}
  disconnect(): void {}
  unobserve(): void {}
}

export function stubLayout(): void {
  vi.stubGlobal("ResizeObserver", InstantResizeObserver);
  vi.stubGlobal("IntersectionObserver", NoIntersection);
  // A wide page and a mouse.
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: query === "(pointer: fine)", addEventListener() {}, removeEventListener() {} }));
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockReturnValue(document.body);
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.scrollTo = () => undefined;
}
