import type { HookInterceptor } from "tapable";

/** What tapable hands to a hook's `compile`; not in its typings, so the version is pinned and the suite compares results. */
export interface CompileOptions {
  readonly taps: readonly { readonly type: "sync" | "async" | "promise"; readonly fn: (...args: unknown[]) => unknown; readonly name: string }[];
  readonly interceptors: readonly HookInterceptor<unknown, unknown>[];
  readonly args: readonly string[];
  readonly type: "sync" | "async" | "promise";
}

export type TapableKind = "series" | "waterfall" | "bail" | "parallel" | "sync";

type Done = (error?: unknown, result?: unknown) => void;
type Answer = (error: unknown, failed: boolean, result: unknown) => void;
type Run = (args: unknown[], done: Done) => void;

/**
 * Does by interpretation what tapable's generated code does: same results, order, errors and interceptor calls.
 * The equality is checked against tapable's recorded results wherever the suite runs.
 */
export function interpret(kind: TapableKind, options: CompileOptions): (...args: unknown[]) => unknown {
  if (kind === "sync") return (...args) => runSync(options, args);
  const run: Run = kind === "parallel" && options.taps.length > 1 ? parallel(options) : series(kind, options);
  if (options.type === "async") {
    return (...args) => {
      const callback = args[options.args.length] as Done;
      run(args.slice(0, options.args.length), callback);
    };
  }
  return (...args) =>
    new Promise((resolve, reject) => {
      let sync = true;
      run(args.slice(0, options.args.length), (error, result) => {
        if (!error) resolve(result);
        else if (sync) resolve(Promise.resolve().then(() => { throw error; }));
        else reject(error);
      });
      sync = false;
    });
}

function runSync(options: CompileOptions, args: unknown[]): undefined {
  const { taps, interceptors } = options;
  for (const interceptor of interceptors) interceptor.call?.(...(args as [unknown]));
  try {
    for (const tap of taps) {
      for (const interceptor of interceptors) interceptor.tap?.(tap as never);
      tap.fn(...args);
    }
  } catch (thrown) {
    throw thrown;
  }
  for (const interceptor of interceptors) interceptor.done?.();
  return undefined;
}
