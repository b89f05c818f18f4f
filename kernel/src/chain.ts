import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook, SyncHook } from "tapable";
import { KernelError } from "./errors.ts";
import type { HookKind, HookSpec } from "./hook-spec.ts";
import { type CompileOptions, type Done, interpret, type TapableKind } from "./interpreter.ts";
import { order } from "./order.ts";
import type { TapEntry } from "./tap-entry.ts";

/** The part of a tapable hook the kernel uses. `compile` is missing in tapable's typings. */
interface Line {
  compile: (options: CompileOptions) => unknown;
  tap(options: { name: string; stage: number }, fn: (input: unknown, call: never) => void): void;
  tapAsync(options: { name: string; stage: number }, fn: (input: unknown, call: never, done: Done) => void): void;
  call(input: unknown, call: unknown): void;
  callAsync(input: unknown, call: unknown, done: Done): void;
}

/** Runs one tap under its deadline and fault policy, then calls `done` once. */
export type RunTap = (entry: TapEntry, index: number, input: unknown, call: never, done: Done) => void;

const lines: { readonly [K in HookKind]: unknown } = { series: AsyncSeriesHook, waterfall: AsyncSeriesWaterfallHook, bail: AsyncSeriesBailHook, parallel: AsyncParallelHook, collect: AsyncParallelHook, guard: AsyncParallelHook, notify: SyncHook };

/** One hook's taps at one moment. Never changes: a change makes a new chain, and sessions keep the old. */
export class Chain {
  readonly name: string;
  readonly spec: HookSpec;
  readonly entries: readonly TapEntry[];
  readonly #runTap: RunTap;
  #sorted: readonly TapEntry[] | undefined;
  #line: Line | undefined;

  constructor(name: string, spec: HookSpec, entries: readonly TapEntry[], runTap: RunTap) {
    this.name = name;
    this.spec = spec;
    this.entries = entries;
    this.#runTap = runTap;
  }

  with(entries: readonly TapEntry[]): Chain {
    return new Chain(this.name, this.spec, entries, this.#runTap);
  }

  /** The taps in the order they run. @throws ORDER_CONTRADICTION naming both sides. */
  get sorted(): readonly TapEntry[] {
    if (this.#sorted) return this.#sorted;
    const found = order(this.entries);
    if ("sides" in found) throw new KernelError("ORDER_CONTRADICTION", { hook: this.name, detail: found.sides.join(" against ") });
    return (this.#sorted = found.sorted);
  }

  /** The tapable hook of these taps, built at the first call. */
  get line(): Line {
    if (this.#line) return this.#line;
    const { kind } = this.spec;
    const line = new (lines[kind] as new (args: string[], name: string) => Line)(["input", "call"], this.name);
    const tapableKind: TapableKind = kind === "notify" ? "sync" : kind === "collect" || kind === "guard" ? "parallel" : kind;
    line.compile = (options) => interpret(tapableKind, options);
    this.sorted.forEach((entry, stage) => {
      const options = { name: entry.plugin, stage };
      if (kind === "notify") line.tap(options, (input, call) => this.#runTap(entry, stage, input, call, ignore));
      else line.tapAsync(options, (input, call, done) => this.#runTap(entry, stage, input, call, done));
    });
    return (this.#line = line);
  }
}

function ignore(): void {}
