// For all tests: what is waited for may take long on a busy machine.
import { configure } from "@testing-library/react";

configure({ asyncUtilTimeout: 15_000 });

// jsdom lays nothing out and knows no `scrollTo` of an element; the virtual list calls it when it goes to a row.
Element.prototype.scrollTo = function scrollTo(this: Element, to?: ScrollToOptions | number, top?: number): void {
  this.scrollTop = (typeof to === "object" ? to.top : top) ?? this.scrollTop;
};
