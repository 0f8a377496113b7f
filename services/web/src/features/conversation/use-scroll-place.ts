// Keeps the scroll place: at the newest message while one is there, and on the same message when older ones
// are put in above. The browser's own scroll anchoring is switched off in the style sheet, it would do it twice.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Nearer than this to the end counts as being there. */
const NEAR_END = 60;

export function useScrollPlace(firstKey: string | undefined, contentKey: unknown) {
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef({ firstKey, fromEnd: 0, following: true });
  const [atEnd, setAtEnd] = useState(true);

  const restore = useCallback(() => {
    const element = scroller.current;
    if (element !== null && place.current.following) element.scrollTop = element.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const grewAbove = place.current.firstKey !== firstKey;
    if (place.current.following) element.scrollTop = element.scrollHeight;
    else if (grewAbove) element.scrollTop = element.scrollHeight - place.current.fromEnd;
    place.current.firstKey = firstKey;
    place.current.fromEnd = element.scrollHeight - element.scrollTop;
  }, [firstKey, contentKey]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(restore); // the composer grows, the phone's keyboard opens
    observer.observe(element);
    return () => observer.disconnect();
  }, [restore]);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const fromEnd = element.scrollHeight - element.scrollTop;
    const near = fromEnd - element.clientHeight < NEAR_END;
    place.current.fromEnd = fromEnd;
    place.current.following = near;
    setAtEnd(near);
  }, []);

  const toEnd = useCallback(() => {
    place.current.following = true;
    restore();
  }, [restore]);

  return { scroller, atEnd, onScroll, toEnd };
}
