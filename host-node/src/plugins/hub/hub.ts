import { type ModelDelta, type RunEvent, token } from "@orrery/sdk";

export type Heard = { kind: "event"; event: RunEvent } | { kind: "delta"; delta: ModelDelta };
export type HeardListener = (heard: Heard) => void;

/** What happens in this process, as it happens, for the host's own screens and sockets. The journal, not this, is the record. */
export interface Hub {
  /** `run` undefined: every run. Returns the way to stop. */
  listen(run: string | undefined, listener: HeardListener): () => void;
}
export const Hub = token<Hub>("orrery.host-hub@1");

export function createHub(): Hub & { tell(run: string, heard: Heard): void } {
  const byRun = new Map<string | undefined, Set<HeardListener>>();
  return {
    listen(run, listener) {
      const listeners = byRun.get(run) ?? new Set();
      byRun.set(run, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && byRun.get(run) === listeners) byRun.delete(run);
      };
    },
    tell(run, heard) {
      for (const key of [run, undefined]) for (const listener of [...(byRun.get(key) ?? [])]) listener(heard);
    },
  };
}
