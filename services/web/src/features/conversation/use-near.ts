// Acts when an element comes near the screen, and again for each `turn` while it stays there.
import { useEffect, useEffectEvent, useRef, type RefObject } from "react";

export function useNear(scroller: RefObject<HTMLElement | null>, rootMargin: string, wanted: boolean, turn: unknown, act: () => void) {
  const mark = useRef<HTMLDivElement>(null);
  const acted = useEffectEvent(act);
  useEffect(() => {
    if (!wanted || mark.current === null) return;
    const near = (entries: IntersectionObserverEntry[]) => {
      if (entries.some((entry) => entry.isIntersecting)) acted();
    };
    const observer = new IntersectionObserver(near, { root: scroller.current, rootMargin });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [scroller, rootMargin, wanted, turn]);
  return mark;
}
