import { useEffect, useState } from "react";

/** The monotonic time in ms, again every `everyMs`; still while `everyMs` is 0. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => setNow(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
