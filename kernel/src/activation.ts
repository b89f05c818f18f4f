import type { Attempt, TapEntry } from "./call.ts";
import type { Composition } from "./container.ts";
import type { Deadlines } from "./deadlines.ts";
import { KernelError } from "./errors.ts";
import type { Hooks } from "./hooks.ts";
import type { Installed } from "./installed.ts";
import type { Invocation } from "./invocation.ts";
import type { Limits, Platform, PluginChange } from "./kernel-types.ts";
import type { Tokens } from "./plugin.ts";
import type { Reconciler } from "./reconciler.ts";
import { createScope, type Scope, within } from "./scope.ts";
import type { Sessions } from "./sessions.ts";

/** What the parts of one kernel share. */
export interface Realm {
  readonly platform: Platform;
  readonly limits: Limits;
  readonly deadlines: Deadlines;
  readonly invocation: Invocation;
  readonly hooks: Hooks;
  readonly sessions: Sessions;
  compose(): Composition;
  readonly reconciler: Reconciler;
  /** Looks again at what can be activated, once the queue gets there. */
  reconsider(): void;
  blame(plugin: Installed, hook: string, error: KernelError): void;
  changed(plugin: Installed, from: PluginChange["from"], to: PluginChange["to"], detail?: string): void;
}

/** A `when` of a plugin: its sub-scope is there while all its services are. */
export interface When {
  readonly ids: readonly string[];
  readonly open: (scope: Scope) => void | Promise<void>;
  scope: Scope | undefined;
  /** Who provided the services when opening last failed: not tried again with the same. */
  failedWith: readonly (Activation | undefined)[] | undefined;
}

/** One run of a plugin's setup, and all it registered. Its taps are staged until it is committed. */
export class Activation {
  readonly plugin: Installed;
  readonly scope: Scope;
  readonly composition: Composition;
  /** Its taps that run now. */
  readonly pending = new Set<Attempt>();
  /** Open sessions that keep this version although it was replaced. */
  readonly heldBy = new Set<object>();
  readonly whens = new Set<When>();
  readonly taps = new Set<TapEntry>();
  readonly offers = new Set<string>();
  /** Whose services it was ever given. */
  readonly uses = new WeakSet<Activation>();
  /** Taps that do not count in the order while this is staged: those of the version it replaces. */
  readonly displaces: ReadonlySet<TapEntry>;
  readonly #realm: Realm;
  committed = false;
  callsInFlight = 0;
  /** Why its taps are told to stop, once they are. */
  aborted: KernelError | undefined;
  #tapsMade = 0;
  #onIdle: (() => void) | undefined;

  constructor(plugin: Installed, realm: Realm, displaces: ReadonlySet<TapEntry>) {
    this.plugin = plugin;
    this.#realm = realm;
    this.displaces = displaces;
    this.scope = createScope(plugin.id, realm.deadlines, realm.limits);
    this.composition = realm.compose();
  }

  /** The services themselves, resolved from a container of their own. */
  use(tokens: Tokens): { readonly [name: string]: unknown } {
    const inbound = this.#realm.compose();
    const services = Object.entries(tokens).map(([name, { id }]) => {
      const from = this.#realm.reconciler.providerOf(id);
      if (!from) throw new KernelError("SERVICE_MISSING", { plugin: this.plugin.id, detail: id });
      inbound.bind(id, from.composition);
      this.uses.add(from);
      return [name, inbound.resolve(id)];
    });
    return Object.fromEntries(services);
  }

  /** Labels of all it owns, those of open `when`s included. */
  effects(): string[] {
    return [this.scope, ...Array.from(this.whens, (when) => when.scope)].flatMap((scope) => scope?.labels() ?? []);
  }

  addTap(tap: Omit<TapEntry, "owner" | "live" | "plugin" | "installed" | "index">): TapEntry {
    const { id, order } = this.plugin;
    const entry = { ...tap, plugin: id, installed: order, index: this.#tapsMade++, owner: this, live: true };
    this.#realm.hooks.changed(entry.hook, this.committed ? [entry] : [...this.taps, entry], this.displaces);
    this.taps.add(entry);
    if (this.committed) this.#realm.hooks.swap([entry], new Set());
    return entry;
  }

  removeTap(entry: TapEntry): void {
    entry.live = false;
    this.taps.delete(entry);
    if (this.committed) this.#realm.hooks.swap([], new Set([entry]));
  }

  /** Whether a tap may run now; a yes is followed by exactly one `faulted` or `settled`. */
  admits(): boolean {
    return this.plugin.breaker.admits();
  }

  faulted(hook: string, error: KernelError): void {
    this.#realm.blame(this.plugin, hook, error);
    this.#checkIdle();
  }

  /** The tap answered well, or (`false`) was cut off through no fault of its own. */
  settled(answered: boolean): void {
    const { breaker } = this.plugin;
    if (breaker.settled(answered)) this.#realm.changed(this.plugin, "suspended", "active", "its probe answered");
    this.#checkIdle();
  }

  release(session: object): void {
    this.heldBy.delete(session);
    this.#checkIdle();
  }

  get busy(): boolean {
    return this.pending.size > 0 || this.heldBy.size > 0;
  }

  /** Ends the wait of `leave`. */
  hurry(): void {
    this.#onIdle?.();
  }

  #checkIdle(): void {
    if (this.#onIdle && !this.busy) this.#onIdle();
  }

  /** Lets what runs, and the sessions that keep it, finish within `drainMs`; then takes everything back. */
  async leave(): Promise<readonly KernelError[]> {
    const reason = new KernelError("PLUGIN_REVOKED", { plugin: this.plugin.id });
    if (this.busy) {
      const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
      await within(this.#realm.deadlines, this.#realm.limits.drainMs, idle, () => reason).catch(() => undefined);
    }
    this.stop(reason);
    for (const entry of this.taps) entry.live = false;
    for (const attempt of Array.from(this.pending)) this.#realm.invocation.fault(attempt, reason);
    return this.scope.close();
  }

  /** Tells everything of it that runs to stop. */
  stop(reason: KernelError): void {
    this.aborted ??= reason;
    this.scope.abort(reason);
    for (const attempt of this.pending) attempt.stop(reason);
  }
}
