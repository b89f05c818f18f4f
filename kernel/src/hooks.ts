import type { TapEntry } from "./call.ts";
import { type Chain, createChain, kinds, type RunTap } from "./chain.ts";
import { KernelError } from "./errors.ts";
import type { Catalogue, HookSpec } from "./hook-spec.ts";

/** Every hook's chain at one moment; replaced as a whole, so a session keeps the one it opened with by holding it. */
export type HookTable = ReadonlyMap<string, Chain>;

/** The catalogue's hooks and the taps they have now. */
export type Hooks = ReturnType<typeof createHooks>;

/** @throws HOOK_SPEC_INVALID */
export function createHooks(catalogue: Catalogue, run: RunTap) {
  let table: HookTable = new Map(Object.entries(catalogue).map(([name, spec]) => [name, createChain(name, validated(name, spec as HookSpec), [], run)]));
  /** @throws HOOK_UNKNOWN */
  const chain = (hook: string, of = table): Chain => {
    const found = of.get(hook);
    if (!found) throw new KernelError("HOOK_UNKNOWN", { hook });
    return found;
  };
  /** The hook's chain with these taps put in and those taken out. @throws ORDER_CONTRADICTION when they cannot stand together. */
  const changed = (hook: string, adding: readonly TapEntry[], removing: ReadonlySet<TapEntry>): Chain => {
    const { spec, entries } = chain(hook);
    const stay = [...entries, ...adding].filter((entry) => entry.hook === hook && !removing.has(entry));
    return createChain(hook, spec, stay, run);
  };
  return {
    table: (): HookTable => table,
    chain,
    changed,
    /** Puts taps in and takes others out, as one change. */
    swap(adding: readonly TapEntry[], removing: ReadonlySet<TapEntry>): void {
      const touched = new Set([...adding, ...removing].map((entry) => entry.hook));
      table = new Map([...table, ...Array.from(touched, (hook) => [hook, changed(hook, adding, removing)] as const)]);
    },
  };
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
