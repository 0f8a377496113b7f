// Keeps the scroll place: at the newest message while one is there, and on the same message when older ones
// are put in above (`shift` tells the virtual list so). The browser's own scroll anchoring is switched off in the
// style sheet, it would do it twice.
//
// Only scrolling up ends the following: rows that are measured for the first time move the end, not the reader.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";

/** Nearer than this to the end counts as being there. */
const NEAR_END = 60;

export type ScrollPlace = ReturnType<typeof useScrollPlace>;

/** `follows`: starts at the newest message and stays there. `live`: the end of the list is the newest message. */
export function useScrollPlace(first: number | undefined, rows: readonly unknown[], follows: boolean, live: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const place = useRef({ following: follows, top: 0, height: 0 });
  const [atEnd, setAtEnd] = useState(follows);
  const [list, setList] = useState({ first, length: rows.length, shift: false });
  if (list.first !== first || list.length !== rows.length) {
    setList({ first, length: rows.length, shift: list.first !== undefined && first !== undefined && first < list.first });
  }

  const restore = useCallback(() => {
    const element = scroller.current;
    if (element === null || !place.current.following) return;
    element.scrollTop = element.scrollHeight;
    note(place.current, element);
  }, []);

  useLayoutEffect(restore, [restore, rows]);

  useEffect(() => {
    if (scroller.current === null || content.current === null) return;
    const observer = new ResizeObserver(restore);
    observer.observe(scroller.current); // the composer grows, the phone's keyboard opens
    observer.observe(content.current); // rows turned out taller than thought, all at once
    return () => observer.disconnect();
  }, [restore]);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (near && live) place.current.following = true;
    // With another height it may be the list that moved, not the reader.
    else if (element.scrollTop < place.current.top && element.scrollHeight === place.current.height) place.current.following = false;
    note(place.current, element);
    setAtEnd(place.current.following);
  }, [live]);

  const toEnd = useCallback(() => {
    place.current.following = true;
    setAtEnd(true);
    restore();
  }, [restore]);

  /** One goes elsewhere. */
  const letGo = useCallback(() => {
    place.current.following = false;
    setAtEnd(false);
  }, []);

  return { scroller, content, virtual, shift: list.shift, atEnd, onScroll, toEnd, letGo };
}

function note(place: { top: number; height: number }, { scrollTop, scrollHeight }: Element): void {
  [place.top, place.height] = [scrollTop, scrollHeight];
}
