import type { Attempt, TapEntry } from "./invocation.ts";
import { KernelError } from "./errors.ts";
import type { Disposer, Tokens } from "./contract.ts";
import type { Installed, Realm } from "./realm.ts";
import { createScope, type Scope } from "./scope.ts";

/** A `when` of a plugin: its sub-scope is there while all its services are. */
export interface When {
  readonly ids: readonly string[];
  readonly open: (scope: Scope) => void | Promise<void>;
  scope?: Scope | undefined;
  /** Who provided the services when opening last failed: not tried again with the same. */
  failedWith?: readonly (Activation | undefined)[] | undefined;
}

/** One run of a plugin's setup, and all it registered. */
export interface Activation extends ReturnType<typeof createActivation> {}

export function createActivation(plugin: Installed, realm: Realm) {
  const { hooks, deadlines, limits, invocation, changed } = realm;
  let tapsMade = 0;
  let onIdle: (() => void) | undefined;
  const isBusy = (): boolean => activation.pending.size > 0 || activation.heldBy.size > 0;
  const checkIdle = (): void => {
    if (!isBusy()) onIdle?.();
  };
  /** Whether its taps are in their hooks. */
  const isCommitted = (): boolean => activation.stage === "active" || activation.stage === "leaving";
  /** Tells everything of it that runs to stop. */
  const stop = (reason: KernelError): void => {
    activation.scope.abort(reason);
    for (const attempt of activation.pending) attempt.stop(reason);
  };

  const activation = {
    plugin,
    scope: createScope(plugin.id, deadlines, limits),
    composition: realm.compose(),
    /** Its services are there for others while it is active. */
    stage: "staged" as "staged" | "active" | "leaving" | "gone",
    callsInFlight: 0,
    /** Its taps that run now. */
    pending: new Set<Attempt>(),
    /** Open sessions that keep this version although it was replaced. */
    heldBy: new Set<object>(),
    whens: new Set<When>(),
    taps: new Set<TapEntry>(),
    offers: new Set<string>(),
    /** Activations whose services it was ever given. */
    uses: new WeakSet<object>(),
    isBusy,
    isCommitted,
    stop,
    /** Ends the wait of `leave`. */
    hurry: (): void => onIdle?.(),
    /** The services themselves. @throws SERVICE_MISSING */
    use(tokens: Tokens): { readonly [name: string]: unknown } {
      const services = Object.entries(tokens).map(([name, { id }]) => {
        const from = realm.providerOf(id);
        if (!from) throw new KernelError("SERVICE_MISSING", { plugin: plugin.id, detail: id });
        activation.uses.add(from);
        return [name, from.composition.resolve(id)];
      });
      return Object.fromEntries(services);
    },
    /** Labels of all it owns, those of open `when`s included. */
    effects: (): string[] => [activation.scope, ...Array.from(activation.whens, (when) => when.scope)].flatMap((scope) => scope?.labels() ?? []),
    /** Returns its undo. While staged, taps of a version it replaces do not count in the order. @throws HOOK_UNKNOWN, ORDER_CONTRADICTION */
    addTap(tap: Pick<TapEntry, "hook" | "fn" | "phase" | "before" | "after">): Disposer {
      const entry: TapEntry = { ...tap, plugin: plugin.id, installed: plugin.order, index: tapsMade++, owner: activation, live: true };
      if (isCommitted()) hooks.swap([entry], () => false);
      else hooks.changed(entry.hook, [...activation.taps, entry], (each) => each.plugin === plugin.id);
      activation.taps.add(entry);
      return () => {
        entry.live = false;
        activation.taps.delete(entry);
        if (isCommitted()) hooks.swap([], (each) => each === entry);
      };
    },
    /** The tap whose run `breaker.admits` let pass is at fault. */
    faulted(hook: string, error: KernelError): void {
      realm.blame(plugin, hook, error);
      if (plugin.breaker.fault(hook)) changed(plugin, "active", "suspended", `${limits.breaker.faults} faults in ${hook}: ${error.message}`);
      checkIdle();
    },
    /** The tap answered well, or (`false`) was cut off through no fault of its own. */
    settled(answered: boolean): void {
      if (plugin.breaker.settled(answered)) changed(plugin, "suspended", "active", "its probe answered");
      checkIdle();
    },
    release(session: object): void {
      activation.heldBy.delete(session);
      checkIdle();
    },
    /** Lets what runs, and the sessions that keep it, finish within `drainMs`; then takes everything back. */
    async leave(): Promise<readonly KernelError[]> {
      const reason = new KernelError("PLUGIN_REVOKED", { plugin: plugin.id });
      const idle = new Promise<void>((resolve) => (onIdle = resolve));
      const late = (): KernelError => reason;
      if (isBusy()) await deadlines.within(limits.drainMs, () => idle, late).catch(() => undefined);
      stop(reason);
      for (const entry of activation.taps) entry.live = false;
      for (const attempt of Array.from(activation.pending)) invocation.fault(attempt, reason);
      return activation.scope.close();
    },
  };
  return activation;
}
