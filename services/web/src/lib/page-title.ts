// The title of the browser's tab: how much is unread, where one is, and the name of the program; and its icon, with
// a dot while something is unread. Two parts of the page know these, so each sets its own.
import { useEffect } from "react";
import { texts } from "./texts";

let place: string | null = null;
let unread = 0;

/** Where one is, as long as the component is there. */
export function usePlaceInTitle(name: string): void {
  useEffect(() => {
    place = name;
    show();
    return () => {
      place = null;
      show();
    };
  }, [name]);
}

/** The number of messages that are new to the user. */
export function useUnreadInTitle(count: number): void {
  useEffect(() => {
    unread = count;
    show();
    return () => {
      unread = 0;
      show();
    };
  }, [count]);
}

function show(): void {
  const count = unread === 0 ? "" : `(${unread > 99 ? "99+" : unread}) `;
  document.title = `${count}${place === null ? "" : `${place} · `}${texts.product}`;
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const wanted = unread === 0 ? "/favicon.svg" : "/favicon-unread.svg";
  if (icon !== null && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
}
