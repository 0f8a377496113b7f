// A value once it has stopped changing for a while, so that not every key asks the server.

import { useEffect, useState } from "react";

/** The value once it has not changed for a moment, so that not every key asks the server. */
export function useSettled(value: string, millis = 180): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), millis);
    return () => clearTimeout(timer);
  }, [value, millis]);
  return settled;
}
