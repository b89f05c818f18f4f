import type { Call } from "./call.ts";
import type { Clock, Disposer } from "./plugin.ts";
import type { HookTrace } from "./kernel-types.ts";

/** The one interceptor of hook calls. `on` is all that is looked at while nobody listens. */
export class Tracer {
  on = false;
  #calls = 0;
  readonly #clock: Clock;
  readonly #listeners = new Set<(record: HookTrace) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  listen(listener: (record: HookTrace) => void): Disposer {
    const own = (record: HookTrace): void => listener(record);
    this.#listeners.add(own);
    this.on = true;
    return () => {
      this.#listeners.delete(own);
      this.on = this.#listeners.size > 0;
    };
  }

  /** A number for the next call and the time it starts, or zeros while nobody listens. */
  nextCall(): number {
    return this.on ? ++this.#calls : 0;
  }

  now(call: Call | number): number {
    return (typeof call === "number" ? call : call.id) > 0 ? this.#clock.elapsed() : 0;
  }

  record({ id, hook, session }: Call, plugin: string | undefined, startedAt: number, outcome: HookTrace["outcome"], code?: string): void {
    if (id === 0) return;
    const durationMs = this.#clock.elapsed() - startedAt;
    for (const listener of this.#listeners) {
      try {
        listener({ call: id, session, hook, plugin, startedAt, durationMs, outcome, ...(code ? { code } : {}) });
      } catch {
        // An observer fails open.
      }
    }
  }
}
