// Whether the page is as narrow as a phone: then the list and the conversation are two pages. The style sheets
// have the same width.
import { useSyncExternalStore } from "react";

const QUERY = "(max-width: 48rem)";

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(QUERY).matches);
}

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia(QUERY);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}
