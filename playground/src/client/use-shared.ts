import { useEffect } from "react";
import { useKernel } from "./kernel-source.tsx";
import { queries } from "./queries.ts";

/** Asks anew for what this tab's kernel, or another tab of this browser, changed. */
export function useShared(): void {
  const { where, tab } = useKernel();
  useEffect(() => {
    if (where !== "tab") return;
    let stop: (() => void) | undefined;
    let ended = false;
    void tab().then(
      (client) => {
        if (ended) return;
        stop = client.onShared((what) => {
          // Runs change while one goes on: what does not list them is left alone.
          const about = what === "runs" ? ["runs", "waiting", "agents", "agent", "kept"] : undefined;
          void queries.invalidateQueries({ predicate: ({ queryKey: [kernel, question] }) => kernel === "tab" && (about?.includes(String(question)) ?? true) });
        });
      },
      () => undefined,
    );
    return () => {
      ended = true;
      stop?.();
    };
  }, [where, tab]);
}
