import Hook from "tapable/lib/Hook.js";
import type { Activation } from "./activation.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions, Catalogue, HookKind, HookSpec, HookTally } from "./contract.ts";
import { type Done, interpret, type TapableKind } from "./interpreter.ts";
import type { Call, Invocation, TapEntry } from "./invocation.ts";
import { order } from "./order.ts";

/** One hook's taps at one moment, in the order they run. Never changes: a change makes a new chain, and sessions keep the old. */
export type Chain = ReturnType<typeof createChain>;

/** Runs one tap under its deadline and fault policy, then calls `done` once. */
type RunTap = (entry: TapEntry, input: unknown, call: Call, done: Done) => void;

const kinds: readonly HookKind[] = ["series", "waterfall", "bail", "parallel", "collect", "guard", "notify"];

/** How tapable would run each kind. `collect` and `guard` keep their answers in the call, so that every tap runs; nobody waits for `notify`. */
const carrier = (kind: HookKind): TapableKind => (kind === "collect" || kind === "guard" || kind === "notify" ? "parallel" : kind);

/** @throws ORDER_CONTRADICTION naming both sides. */
function createChain(name: string, spec: HookSpec, taps: readonly TapEntry[], run: RunTap) {
  const found = order(taps);
  if ("sides" in found) throw new KernelError("ORDER_CONTRADICTION", { hook: name, detail: found.sides.join(" against ") });
  const entries = found.sorted;
  const build = (): Hook<Call> => {
    // The base of tapable's hooks: all that sets them apart is `compile`, and ours takes its place.
    const line = new Hook<Call>(["input", "call"], name);
    line.compile = (options) => interpret(carrier(spec.kind), options);
    for (const [stage, entry] of entries.entries()) line.tapAsync({ name: entry.plugin, stage }, (input, call, done) => run(entry, input, call, done));
    return line;
  };
  let built: Hook<Call> | undefined;
  /** The tapable hook of these taps, built at the first call. */
  const line = (): Hook<Call> => (built ??= build());
  return { name, spec, entries, line };
}

/** Every hook's chain at one moment; replaced as a whole, so a session keeps the one it opened with by holding it. */
type HookTable = ReadonlyMap<string, Chain>;

/** Which taps go. */
type Gone = (entry: TapEntry, kind: HookKind) => boolean;

/** The catalogue's hooks and the taps they have now. */
type Hooks = ReturnType<typeof createHooks>;

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
  const changed = (hook: string, adding: Iterable<TapEntry>, gone: Gone): Chain => {
    const { spec, entries } = chain(hook);
    const stay = [...entries.filter((entry) => !gone(entry, spec.kind)), ...adding].filter((entry) => entry.hook === hook);
    return createChain(hook, spec, stay, run);
  };
  return {
    table: (): HookTable => table,
    chain,
    changed,
    /** What `work`, a call of `hook`, comes to. What refuses it before any tap runs is thrown by a `notify` hook, and rejects for every other kind. */
    calling(hook: string, work: () => unknown): unknown {
      try {
        return work();
      } catch (thrown) {
        if (table.get(hook)?.spec.kind === "notify") throw thrown;
        return Promise.reject(thrown);
      }
    },
    /** Puts taps in and takes others out, as one change. */
    swap(adding: Iterable<TapEntry>, gone: Gone): void {
      const touched = new Set(Array.from(adding, (entry) => entry.hook));
      for (const { name, spec, entries } of table.values()) if (entries.some((entry) => gone(entry, spec.kind))) touched.add(name);
      table = new Map([...table, ...Array.from(touched, (hook) => [hook, changed(hook, adding, gone)] as const)]);
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

/** The open sessions. Opening one costs the same however many plugins there are. */
export function createSessions(hooks: Hooks, invocation: Invocation) {
  const sessions = new Set<{ readonly table: HookTable; readonly keeps: Set<Activation> }>();
  return {
    start(label: string, owner?: Activation) {
      const session = { table: hooks.table(), keeps: new Set<Activation>() };
      const origin = { owner, session: label, tally: new Map<string, HookTally>() };
      sessions.add(session);
      return {
        call: (hook: string, input: unknown, options?: CallOptions): unknown =>
          hooks.calling(hook, () => {
            if (!sessions.has(session)) throw new KernelError("SESSION_CLOSED", { hook, plugin: owner?.plugin.id, detail: label });
            return invocation.invoke(hooks.chain(hook, session.table), input, options, origin);
          }),
        tally: origin.tally,
        tapped: (hook: string): boolean => hooks.chain(hook, session.table).entries.length > 0,
        close(): void {
          if (!sessions.delete(session)) return;
          for (const activation of session.keeps) activation.release(session);
        },
      };
    },
    /** Makes every open session that lists taps of `activation` keep it. */
    keep(activation: Activation): void {
      for (const session of sessions) {
        if (!Array.from(activation.taps).some((entry) => session.table.get(entry.hook)?.entries.includes(entry))) continue;
        session.keeps.add(activation);
        activation.heldBy.add(session);
      }
    },
    closeAll: (): void => sessions.clear(),
  };
}
