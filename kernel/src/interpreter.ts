import type { HookInterceptor } from "tapable";

/** What tapable hands to a hook's `compile`; not in its typings, so the version is pinned and the suite compares results. */
export interface CompileOptions {
  readonly taps: readonly { readonly name: string; readonly fn: (...args: unknown[]) => unknown }[];
  readonly interceptors: readonly HookInterceptor<[unknown, unknown], unknown>[];
}

/** tapable's async hooks of that name. */
export type TapableKind = "series" | "waterfall" | "bail" | "parallel";

export type Done = (error?: unknown, result?: unknown) => void;
type Run = (input: unknown, call: unknown, done: Done) => void;

/**
 * Does by interpretation what tapable's generated code does, for the shapes the kernel uses: hooks of two arguments,
 * tapped with `tapAsync` and called with `callAsync`.
 * Results, order, errors and interceptor calls are compared with tapable's recorded own wherever the suite runs.
 */
export function interpret(kind: TapableKind, { taps, interceptors }: CompileOptions): Run {
  const each = (say: (interceptor: CompileOptions["interceptors"][number]) => void): void => interceptors.forEach(say);
  const start = (index: number, input: unknown, call: unknown, done: Done): void => {
    const tap = taps[index] as CompileOptions["taps"][number];
    if (interceptors.length > 0) each((interceptor) => interceptor.tap?.(tap as never));
    tap.fn(input, call, done);
  };

  /** One after another; synchronously as long as the taps answer so. */
  const series = (input: unknown, call: unknown, done: Done, index = 0): void => {
    if (index === taps.length) return kind === "waterfall" ? done(null, input) : done();
    start(index, input, call, (error, result) => {
      if (error) return done(error);
      if (result !== undefined && kind === "bail") return done(null, result);
      series(result !== undefined && kind === "waterfall" ? result : input, call, done, index + 1);
    });
  };
  /** All at once; done after the last, or with the first error, after which no further tap starts. */
  const parallel: Run = (input, call, done) => {
    let open = taps.length;
    for (let index = 0; index < taps.length && open > 0; index++) {
      start(index, input, call, (error) => {
        if (open <= 0) return;
        open = error ? 0 : open - 1;
        if (error) done(error);
        else if (open === 0) done();
      });
    }
  };
  const run = kind === "parallel" && taps.length > 1 ? parallel : series;
  if (interceptors.length === 0) return run;
  return (input, call, done) => {
    each((interceptor) => interceptor.call?.(input, call));
    run(input, call, (...outcome) => {
      const [error, result] = outcome;
      each((interceptor) => {
        if (error) interceptor.error?.(error as Error);
        else if (outcome.length === 2) interceptor.result?.(result);
        else interceptor.done?.();
      });
      done(...outcome);
    });
  };
}
