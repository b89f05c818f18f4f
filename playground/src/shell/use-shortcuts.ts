import { useEffect, useRef } from "react";
import type { Place } from "./places.ts";

export const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
const sequenceMs = 1_200;

/** Ctrl/Cmd+K opens the palette; `g` and a letter go to a place. Not while typing. */
export function useShortcuts(places: readonly Place[], go: (to: Place["to"]) => void, openPalette: () => void): void {
  const latest = useRef({ go, openPalette });
  latest.current = { go, openPalette };
  useEffect(() => {
    let pressedG = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      const place = event.timeStamp - pressedG < sequenceMs ? places.find(({ letter }) => letter === event.key) : undefined;
      pressedG = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (!place) return;
      event.preventDefault();
      latest.current.go(place.to);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [places]);
}

/** Calls `move` with +1 for `j` and −1 for `k`, when nobody is typing. */
export function useRowKeys(move: (by: 1 | -1) => void): void {
  const latest = useRef(move);
  latest.current = move;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.key === "j" || event.key === "k") {
        event.preventDefault();
        latest.current(event.key === "j" ? 1 : -1);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
