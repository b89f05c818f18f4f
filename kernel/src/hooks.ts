import type { TapEntry } from "./call.ts";
import { Chain, kinds, type RunTap } from "./chain.ts";
import { KernelError } from "./errors.ts";
import type { Catalogue, HookSpec } from "./hook-spec.ts";

/** Every hook's chain at one moment; replaced as a whole, so a session keeps the one it opened with by holding it. */
export type HookTable = ReadonlyMap<string, Chain>;

/** The catalogue's hooks and the taps they have now. */
export class Hooks {
  #table: HookTable;

  /** @throws HOOK_SPEC_INVALID */
  constructor(catalogue: Catalogue, run: RunTap) {
    this.#table = new Map(Object.entries(catalogue).map(([name, spec]) => [name, new Chain(name, validated(name, spec as HookSpec), [], run)]));
  }

  get table(): HookTable {
    return this.#table;
  }

  /** @throws HOOK_UNKNOWN */
  chain(hook: string, table = this.#table): Chain {
    const chain = table.get(hook);
    if (!chain) throw new KernelError("HOOK_UNKNOWN", { hook, detail: `"${hook}"` });
    return chain;
  }

  /** @throws ORDER_CONTRADICTION when these taps cannot stand together. Changes nothing. */
  try(hook: string, adding: readonly TapEntry[], without: ReadonlySet<TapEntry>): void {
    this.chain(hook).with(adding, without);
  }

  /** Puts taps in and takes others out, as one change. */
  swap(adding: readonly TapEntry[], removing: ReadonlySet<TapEntry>): void {
    const table = new Map(this.#table);
    for (const hook of new Set([...adding, ...removing].map((entry) => entry.hook))) table.set(hook, this.chain(hook).with(adding, removing));
    this.#table = table;
  }
}

/** Guards fail closed and nothing else does; `notify` has nobody to fail. */
function validated(hook: string, spec: HookSpec): HookSpec {
  const { kind, fault, deadlineMs } = spec;
  let problem: string | undefined;
  if (!kinds.includes(kind)) problem = `kind ${String(kind)} is none of ${kinds.join(", ")}`;
  else if ((kind === "guard") !== (fault === "closed")) problem = `fault "closed" is for guards, and guards take no other`;
  else if (kind === "notify" && fault !== "skip") problem = 'notify takes fault "skip"';
  else if (deadlineMs !== "caller" && !(Number.isFinite(deadlineMs) && deadlineMs > 0)) problem = 'deadlineMs must be a positive number of ms or "caller"';
  if (problem) throw new KernelError("HOOK_SPEC_INVALID", { hook, detail: problem });
  return spec;
}
