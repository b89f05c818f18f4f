import type { Call } from "./invocation.ts";
import type { Clock, Disposer, HookTrace } from "./contract.ts";

/** The one interceptor of hook calls. While nobody listens, calls have the number 0 and nothing else happens. */
export type Tracer = ReturnType<typeof createTracer>;

export function createTracer(clock: Clock) {
  const listeners = new Set<(record: HookTrace) => void>();
  let calls = 0;
  return {
    nextCall: (): number => (listeners.size > 0 ? ++calls : 0),
    listen(listener: (record: HookTrace) => void): Disposer {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    record({ id, chain, origin: { session } }: Call, plugin: string | undefined, startedAt: number, outcome: HookTrace["outcome"], code?: string): void {
      if (id === 0) return;
      const durationMs = clock.elapsed() - startedAt;
      for (const listener of listeners) {
        try {
          listener({ call: id, session, hook: chain.name, plugin, startedAt, durationMs, outcome, ...(code ? { code } : {}) });
        } catch {
          // An observer fails open.
        }
      }
    },
  };
}
