import type { HookTrace } from "./kernel-types.ts";
import type { Disposer } from "./plugin.ts";

/** The one interceptor of hook calls. `on` is the only thing looked at while nobody listens. */
export class Tracer {
  on = false;
  #calls = 0;
  readonly #listeners = new Set<(record: HookTrace) => void>();

  listen(listener: (record: HookTrace) => void): Disposer {
    const own = (record: HookTrace): void => listener(record);
    this.#listeners.add(own);
    this.on = true;
    return () => {
      this.#listeners.delete(own);
      this.on = this.#listeners.size > 0;
    };
  }

  nextCall(): number {
    return ++this.#calls;
  }

  /** A listener that throws is not heard of again in this record, and never by the call it watched. */
  record(record: HookTrace): void {
    for (const listener of this.#listeners) {
      try {
        listener(record);
      } catch {
        // An observer fails open.
      }
    }
  }
}
