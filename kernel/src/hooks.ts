import { Chain } from "./chain.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions, Catalogue, HookSpec } from "./hook-spec.ts";
import type { HookExplanation, PluginState } from "./kernel-types.ts";
import { because } from "./order.ts";
import type { Invocation } from "./invocation.ts";
import type { TapEntry } from "./tap-entry.ts";

/** Every hook's chain at one moment; replaced as a whole, so a session keeps the one it opened with by holding it. */
export type HookTable = ReadonlyMap<string, Chain>;

/** The catalogue's hooks and their taps. */
export class Hooks {
  readonly #invocation: Invocation;
  #table: HookTable;

  constructor(catalogue: Catalogue, invocation: Invocation) {
    this.#invocation = invocation;
    this.#table = new Map(Object.entries(catalogue).map(([name, spec]) => [name, new Chain(name, validated(name, spec as HookSpec), [], invocation.runTap as never)]));
  }

  get table(): HookTable {
    return this.#table;
  }

  get names(): string[] {
    return Array.from(this.#table.keys());
  }

  call(table: HookTable, hook: string, input: unknown, options: CallOptions | undefined, session: string | undefined): unknown {
    const chain = table.get(hook);
    if (!chain) throw new KernelError("HOOK_UNKNOWN", { hook });
    return this.#invocation.invoke(chain, input, options, session);
  }

  specOf(hook: string, plugin: string): HookSpec {
    const chain = this.#table.get(hook);
    if (!chain) throw new KernelError("HOOK_UNKNOWN", { hook, plugin });
    return chain.spec;
  }

  /** @throws ORDER_CONTRADICTION when the taps of `without`'s hook cannot stand beside `adding`. Changes nothing. */
  try(hook: string, adding: readonly TapEntry[], without: ReadonlySet<TapEntry>): void {
    const chain = this.#table.get(hook);
    if (!chain) throw new KernelError("HOOK_UNKNOWN", { hook });
    const here = adding.filter((entry) => entry.hook === hook);
    void chain.with([...chain.entries.filter((entry) => !without.has(entry)), ...here]).sorted;
  }

  /** Takes taps out and puts others in, as one change. */
  swap(adding: readonly TapEntry[], removing: ReadonlySet<TapEntry>): void {
    const table = new Map(this.#table);
    const touched = new Set([...adding, ...removing].map((entry) => entry.hook));
    for (const hook of touched) {
      const chain = table.get(hook) as Chain;
      table.set(hook, chain.with([...chain.entries.filter((entry) => !removing.has(entry)), ...adding.filter((entry) => entry.hook === hook)]));
    }
    this.#table = table;
  }

  explain(hook: string, stateOf: (plugin: string) => PluginState): HookExplanation {
    const chain = this.#table.get(hook);
    if (!chain) throw new KernelError("HOOK_UNKNOWN", { hook });
    const { kind, doc, fault, deadlineMs } = chain.spec;
    const present = new Set(chain.entries.map((entry) => entry.plugin));
    const taps = chain.sorted.map((entry) => ({ plugin: entry.plugin, phase: entry.phase, because: because(entry, present), state: stateOf(entry.plugin) }));
    return { hook, kind, doc, fault, deadlineMs, taps };
  }
}

const kinds: readonly string[] = ["series", "waterfall", "bail", "parallel", "collect", "guard", "notify"];

/** @throws HOOK_SPEC_INVALID: guards must fail closed and nothing else may; `notify` has nobody to fail. */
function validated(hook: string, spec: HookSpec): HookSpec {
  const invalid = (detail: string): KernelError => new KernelError("HOOK_SPEC_INVALID", { hook, detail });
  if (!kinds.includes(spec.kind)) throw invalid(`kind ${String(spec.kind)} is none of ${kinds.join(", ")}`);
  if ((spec.kind === "guard") !== (spec.fault === "closed")) throw invalid(`fault "closed" is for guards, and guards take no other; this ${spec.kind} has "${spec.fault}"`);
  if (spec.kind === "notify" && spec.fault !== "skip") throw invalid('a notify hook takes fault "skip"');
  if (spec.deadlineMs !== "caller" && !(Number.isFinite(spec.deadlineMs) && spec.deadlineMs > 0)) throw invalid(`deadlineMs ${String(spec.deadlineMs)} is not a positive number of ms or "caller"`);
  return spec;
}
