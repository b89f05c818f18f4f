import { useEffect, useRef } from "react";
import { typing } from "../shell/use-shortcuts.ts";
import type { StepView } from "./run-view.ts";

/** `[` and `]` go to the step begun before or after the chosen one; `f` forks at it. Not while somebody types. */
export function useStepKeys(
  steps: readonly StepView[],
  at: string | undefined,
  choose: (path: string, agent: string) => void,
  fork: ((at: string | undefined) => void) | undefined,
): void {
  const latest = useRef({ steps, at, choose, fork });
  latest.current = { steps, at, choose, fork };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      const { steps: all, at: path, choose: go, fork: begin } = latest.current;
      if (event.key === "f" && begin) {
        event.preventDefault();
        begin(path);
        return;
      }
      if (event.key !== "[" && event.key !== "]") return;
      const now = all.findLastIndex((step) => step.path === path);
      const next = all[event.key === "]" ? now + 1 : now < 0 ? all.length - 1 : now - 1];
      if (!next) return;
      event.preventDefault();
      go(next.path, next.agent);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
