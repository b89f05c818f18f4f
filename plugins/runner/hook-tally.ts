import type { Clock, HookSession } from "@orrery/sdk";
import type { Lifecycle } from "@orrery/sdk";

/** Counts a run's own hook calls and their time, for its trace. */
export class HookTally {
  readonly #rows = new Map<string, { calls: number; totalMs: number; errors: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same session, counted. */
  over(session: HookSession<Lifecycle>): HookSession<Lifecycle> {
    return {
      call: (hook, input, options) => {
        const started = this.#clock.elapsed();
        const result = session.call(hook, input, options);
        if (!(result instanceof Promise)) {
          this.#count(hook, started, false);
          return result;
        }
        result.then(
          () => this.#count(hook, started, false),
          () => this.#count(hook, started, true),
        );
        return result;
      },
      close: () => session.close(),
    };
  }

  rows(): { hook: string; calls: number; totalMs: number; errors: number }[] {
    return [...this.#rows].map(([hook, row]) => ({ hook, ...row, totalMs: Math.round(row.totalMs * 1000) / 1000 }));
  }

  #count(hook: string, started: number, failed: boolean): void {
    const row = this.#rows.get(hook) ?? { calls: 0, totalMs: 0, errors: 0 };
    row.calls += 1;
    row.totalMs += this.#clock.elapsed() - started;
    if (failed) row.errors += 1;
    this.#rows.set(hook, row);
  }
}
