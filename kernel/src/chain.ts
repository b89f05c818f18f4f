import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook, SyncHook } from "tapable";
import type { Call, TapEntry } from "./call.ts";
import { KernelError } from "./errors.ts";
import type { HookKind, HookSpec } from "./hook-spec.ts";
import { type CompileOptions, type Done, interpret, type TapableKind } from "./interpreter.ts";
import { order } from "./order.ts";

/** The part of a tapable hook the kernel uses; `compile` is missing in tapable's typings. */
interface Line {
  compile: (options: CompileOptions) => unknown;
  tap(options: object, fn: (input: unknown, call: Call) => void): void;
  tapAsync(options: object, fn: (input: unknown, call: Call, done: Done) => void): void;
  call(input: unknown, call: Call): void;
  callAsync(input: unknown, call: Call, done: Done): void;
}

/** One hook's taps at one moment. Never changes: a change makes a new chain, and sessions keep the old. */
export interface Chain {
  readonly name: string;
  readonly spec: HookSpec;
  /** In the order they run. */
  readonly entries: readonly TapEntry[];
  /** The tapable hook of these taps, built at the first call. */
  line(): Line;
}

/** Runs one tap under its deadline and fault policy, then calls `done` once. */
export type RunTap = (entry: TapEntry, index: number, input: unknown, call: Call, done: Done) => void;

/** Which tapable hook carries each kind. `collect` and `guard` keep their answers in the call, so that every tap runs. */
const carriers: { readonly [K in HookKind]: readonly [hook: unknown, kind: TapableKind] } = {
  series: [AsyncSeriesHook, "series"],
  waterfall: [AsyncSeriesWaterfallHook, "waterfall"],
  bail: [AsyncSeriesBailHook, "bail"],
  parallel: [AsyncParallelHook, "parallel"],
  collect: [AsyncParallelHook, "parallel"],
  guard: [AsyncParallelHook, "parallel"],
  notify: [SyncHook, "sync"],
};

export const kinds: readonly string[] = Object.keys(carriers);

/** @throws ORDER_CONTRADICTION naming both sides. */
export function createChain(name: string, spec: HookSpec, taps: readonly TapEntry[], run: RunTap): Chain {
  const found = order(taps);
  if ("sides" in found) throw new KernelError("ORDER_CONTRADICTION", { hook: name, detail: found.sides.join(" against ") });
  const entries = found.sorted;
  const build = (): Line => {
    const [Hook, kind] = carriers[spec.kind];
    const line = new (Hook as new (args: string[], name: string) => Line)(["input", "call"], name);
    line.compile = (options) => interpret(kind, options);
    entries.forEach((entry, stage) => {
      const options = { name: entry.plugin, stage };
      if (kind === "sync") line.tap(options, (input, call) => run(entry, stage, input, call, () => undefined));
      else line.tapAsync(options, (input, call, done) => run(entry, stage, input, call, done));
    });
    return line;
  };
  let built: Line | undefined;
  const line = (): Line => {
    built ??= build();
    return built;
  };
  return { name, spec, entries, line };
}
