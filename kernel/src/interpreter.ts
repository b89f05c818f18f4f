import type { HookInterceptor } from "tapable";

/** A tap as tapable keeps it. */
export interface FullTap {
  readonly type: "sync" | "async" | "promise";
  readonly name: string;
  readonly fn: (...args: unknown[]) => unknown;
}

/** What tapable hands to a hook's `compile`; not in its typings, so the version is pinned and the suite compares results. */
export interface CompileOptions {
  readonly taps: readonly FullTap[];
  readonly interceptors: readonly HookInterceptor<unknown, unknown>[];
  readonly type: "sync" | "async" | "promise";
}

/** `sync` is tapable's SyncHook, the others its async hooks of that name. All take two arguments. */
export type TapableKind = "series" | "waterfall" | "bail" | "parallel" | "sync";

export type Done = (error?: unknown, result?: unknown) => void;
type Run = (input: unknown, call: unknown, done: Done) => void;
type OnError = (error: unknown) => void;
type OnResult = (result: unknown) => void;

/**
 * Does by interpretation what tapable's generated code does for a hook of two arguments: same results, order, errors and interceptor calls.
 * The equality is checked against tapable's recorded results wherever the suite runs.
 */
export function interpret(kind: TapableKind, options: CompileOptions): (...args: never[]) => unknown {
  if (kind === "sync") return (input: unknown, call: unknown) => runSync(options, input, call);
  const inner: Run = kind === "parallel" && options.taps.length > 1 ? parallel(options) : series(kind, options);
  const run = options.interceptors.length === 0 ? inner : intercepted(inner, kind, options);
  if (options.type === "async") return run;
  return (input: unknown, call: unknown) =>
    new Promise((resolve, reject) => {
      let sync = true;
      run(input, call, (error, result) => {
        if (!error) resolve(result);
        else if (sync) resolve(Promise.reject(error));
        else reject(error);
      });
      sync = false;
    });
}

function runSync({ taps, interceptors }: CompileOptions, input: unknown, call: unknown): undefined {
  for (const interceptor of interceptors) (interceptor.call as Run | undefined)?.(input, call, unused);
  for (const tap of taps) {
    announce(interceptors, tap);
    tap.fn(input, call);
  }
  for (const interceptor of interceptors) interceptor.done?.();
  return undefined;
}

function unused(): void {}

function announce(interceptors: CompileOptions["interceptors"], tap: FullTap): void {
  for (const interceptor of interceptors) interceptor.tap?.(tap as never);
}

/** Interceptors hear `result` where the kind has one, `done` where it has none, `error` for either. */
function intercepted(inner: Run, kind: TapableKind, { interceptors }: CompileOptions): Run {
  return (input, call, done) => {
    for (const interceptor of interceptors) (interceptor.call as Run | undefined)?.(input, call, unused);
    inner(input, call, (...outcome) => {
      const [error, result] = outcome;
      const bare = outcome.length === 0;
      for (const interceptor of interceptors) {
        if (error) interceptor.error?.(error as Error);
        else if (bare && kind !== "waterfall") interceptor.done?.();
        else interceptor.result?.(result);
      }
      done(...outcome);
    });
  };
}

/** One tap after another; each finishes synchronously when its tap does. */
function series(kind: TapableKind, { taps, interceptors }: CompileOptions): Run {
  const count = taps.length;
  const quiet = interceptors.length === 0;
  return (input, call, done) => {
    const next = (index: number): void => {
      if (index === count) return kind === "waterfall" ? done(null, input) : done();
      const tap = taps[index] as FullTap;
      if (!quiet) announce(interceptors, tap);
      callTap(tap, input, call, done, (result) => {
        if (result !== undefined) {
          if (kind === "bail") return done(null, result);
          if (kind === "waterfall") input = result;
        }
        next(index + 1);
      });
    };
    next(0);
  };
}

/** All taps at once; done after the last, or with the first error. Taps not yet started by then are not. */
function parallel({ taps, interceptors }: CompileOptions): Run {
  return (input, call, done) => {
    let open = taps.length;
    const onError: OnError = (error) => {
      if (open <= 0) return;
      open = 0;
      done(error);
    };
    const onResult = (): void => {
      if (--open === 0) done();
    };
    for (const tap of taps) {
      if (open <= 0) return;
      announce(interceptors, tap);
      callTap(tap, input, call, onError, onResult);
    }
  };
}

function callTap(tap: FullTap, input: unknown, call: unknown, onError: OnError, onResult: OnResult): void {
  if (tap.type === "async") {
    tap.fn(input, call, (error?: unknown, result?: unknown) => (error ? onError(error) : onResult(result)));
    return;
  }
  if (tap.type === "sync") {
    let result: unknown;
    try {
      result = tap.fn(input, call);
    } catch (thrown) {
      return onError(thrown);
    }
    return onResult(result);
  }
  const promise = tap.fn(input, call) as PromiseLike<unknown> | undefined;
  // biome-ignore lint/suspicious/noThenProperty: tapable's own test and words.
  if (!promise || !promise.then) throw new Error(`Tap function (tapPromise) did not return promise (returned ${promise})`);
  let answered = false;
  promise.then(
    (result) => {
      answered = true;
      onResult(result);
    },
    (thrown) => {
      if (answered) throw thrown;
      onError(thrown ? thrown : new Error(`Tap function (tapPromise) rejects "${thrown}" value`));
    },
  );
}
