// The present time, for texts like "5 min": it moves on twice a minute.
import { useEffect, useState } from "react";

const STEP_MILLIS = 30_000;

export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), STEP_MILLIS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
