import type { Call } from "./call.ts";
import type { HookTrace } from "./kernel-types.ts";
import type { Clock, Disposer } from "./plugin.ts";

/** The one interceptor of hook calls. While nobody listens, calls have the number 0 and nothing else happens. */
export type Tracer = ReturnType<typeof createTracer>;

export function createTracer(clock: Clock) {
  const listeners = new Set<{ readonly listener: (record: HookTrace) => void }>();
  let calls = 0;
  return {
    nextCall: (): number => (listeners.size > 0 ? ++calls : 0),
    now: (call: number): number => (call > 0 ? clock.elapsed() : 0),
    isOn: (): boolean => listeners.size > 0,
    listen(listener: (record: HookTrace) => void): Disposer {
      const listening = { listener };
      listeners.add(listening);
      return () => void listeners.delete(listening);
    },
    record({ id, hook, session }: Call, plugin: string | undefined, startedAt: number, outcome: HookTrace["outcome"], code?: string): void {
      if (id === 0) return;
      const durationMs = clock.elapsed() - startedAt;
      for (const { listener } of listeners) {
        try {
          listener({ call: id, session, hook, plugin, startedAt, durationMs, outcome, ...(code ? { code } : {}) });
        } catch {
          // An observer fails open.
        }
      }
    },
  };
}
