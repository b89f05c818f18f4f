import type { Boxed, Composition } from "./container.ts";
import { KernelError } from "./errors.ts";
import type { Installed } from "./installed.ts";
import { requiredIds } from "./installed.ts";
import type { KernelRealm } from "./realm.ts";
import type { Scope } from "./scope.ts";
import type { Gate, Pending, TapEntry, TapOwner } from "./tap-entry.ts";
import type { Tokens } from "./plugin.ts";

/** A `when` of a plugin: open while all its services are there. */
export interface When {
  readonly ids: readonly string[];
  readonly tokens: Tokens;
  readonly label: string;
  readonly open: (tokens: Tokens, scope: Scope) => void | Promise<void>;
  scope: Scope | undefined;
  /** What was there when opening last failed: not tried again until something changes. */
  failedWith: readonly (Activation | undefined)[] | undefined;
}

/** One run of a plugin's setup, and all it registered. */
export class Activation implements TapOwner {
  readonly id: string;
  readonly plugin: Installed;
  readonly scope: Scope;
  readonly composition: Composition;
  readonly pending = new Set<Pending>();
  readonly whens = new Set<When>();
  /** Tap entries, staged until the activation is committed. */
  readonly taps: TapEntry[] = [];
  /** Service ids offered now. */
  readonly offers = new Set<string>();
  readonly #realm: KernelRealm;
  /** Taps that stay out of the order while this activation is staged: those of the version it replaces. */
  readonly displaces: ReadonlySet<TapEntry>;
  committed = false;
  callsInFlight = 0;
  aborted: KernelError | undefined;
  #tapsMade = 0;
  #onIdle: (() => void) | undefined;
  /** Open sessions that still list taps of this activation after it was replaced. */
  readonly heldBy = new Set<object>();

  constructor(plugin: Installed, realm: KernelRealm, scope: Scope, displaces: ReadonlySet<TapEntry>) {
    this.id = plugin.id;
    this.plugin = plugin;
    this.#realm = realm;
    this.scope = scope;
    this.composition = realm.compose();
    this.displaces = displaces;
    for (const id of requiredIds(plugin.definition)) this.bind(id);
  }

  bind(id: string): void {
    const from = this.#realm.providerOf(id);
    if (!from) throw new KernelError("SETUP_FAILED", { plugin: this.id, detail: `${id} is gone` });
    this.composition.bind(id, from.composition);
  }

  use(tokens: Tokens): { readonly [name: string]: unknown } {
    return Object.freeze(Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, (this.composition.resolve(token.id) as Boxed).service])));
  }

  nextTapIndex(): number {
    return this.#tapsMade++;
  }

  addTap(entry: TapEntry): void {
    this.#realm.hooks.try(entry.hook, [...(this.committed ? [] : this.taps), entry], this.displaces);
    this.taps.push(entry);
    if (this.committed) this.#realm.hooks.swap([entry], new Set());
  }

  removeTap(entry: TapEntry): void {
    entry.live = false;
    const at = this.taps.indexOf(entry);
    if (at >= 0) this.taps.splice(at, 1);
    if (this.committed) this.#realm.hooks.swap([], new Set([entry]));
  }

  gate(): Gate {
    return this.plugin.breaker.gate();
  }

  faulted(hook: string, error: KernelError): void {
    this.#realm.blame(this.plugin, hook, error);
    this.checkIdle();
  }

  settled(_hook: string, answered: boolean): void {
    if (this.plugin.breaker.open && this.plugin.breaker.settled(answered)) this.#realm.changed(this.plugin, "suspended", "active", "its probe answered");
    this.checkIdle();
  }

  release(session: object): void {
    this.heldBy.delete(session);
    this.checkIdle();
  }

  checkIdle(): void {
    if (this.#onIdle && this.pending.size === 0 && this.heldBy.size === 0) this.#onIdle();
  }

  /** Resolves when no tap runs and no session holds it, or after `ms`. */
  idle(ms: number): Promise<void> {
    if (this.pending.size === 0 && this.heldBy.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = this.#realm.deadlines.set(ms, () => resolve());
      this.#onIdle = () => {
        deadline.cancel();
        resolve();
      };
    });
  }

  /** Takes everything back. Taps still running are cut off and answered for. */
  async close(): Promise<readonly KernelError[]> {
    const reason = new KernelError("PLUGIN_REVOKED", { plugin: this.id });
    this.aborted ??= reason;
    for (const pending of Array.from(this.pending)) {
      pending.signalAbort(reason);
      pending.revoke(reason);
    }
    for (const entry of this.taps) entry.live = false;
    const errors = await this.scope.close();
    this.composition.clear();
    return errors;
  }

  /** Tells what runs to stop, ahead of the drain. */
  abort(reason: KernelError): void {
    this.aborted ??= reason;
    this.scope.abort(reason);
    for (const pending of this.pending) pending.signalAbort(reason);
  }
}
