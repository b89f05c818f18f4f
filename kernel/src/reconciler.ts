import { Activation } from "./activation.ts";
import { makeContext } from "./context.ts";
import { asKernelError, KernelError } from "./errors.ts";
import { type Installed, requiredIds } from "./installed.ts";
import type { PluginState } from "./kernel-types.ts";
import type { KernelRealm } from "./realm.ts";
import { Scope } from "./scope.ts";
import type { TapEntry } from "./tap-entry.ts";

/** Brings plugins to the state their services allow. Runs only inside the kernel's queue, one change at a time. */
export class Reconciler {
  readonly #realm: KernelRealm;
  readonly #plugins: ReadonlyMap<string, Installed>;
  /** Active ones in order of activation. */
  readonly #active = new Set<Activation>();
  /** Replaced versions that sessions or running taps still hold. */
  readonly #draining = new Set<Promise<void>>();
  /** On their way out: what they offer is there for nobody new. */
  readonly #leaving = new Set<Activation>();
  #collecting: KernelError[] | undefined;

  constructor(realm: KernelRealm, plugins: ReadonlyMap<string, Installed>) {
    this.#realm = realm;
    this.#plugins = plugins;
  }

  providerOf(id: string): Activation | undefined {
    for (const activation of this.#active) if (activation.offers.has(id) && !this.#leaving.has(activation)) return activation;
    return undefined;
  }

  missing(ids: readonly string[]): string[] {
    return ids.filter((id) => !this.providerOf(id));
  }

  /** Activates, deactivates, opens and closes until nothing can change any more. */
  async settle(): Promise<void> {
    for (;;) {
      if (await this.#dropUnmet()) continue;
      const next = Array.from(this.#plugins.values()).find((plugin) => plugin.state === "waiting" && this.missing(requiredIds(plugin.definition)).length === 0);
      if (next) {
        await this.#activate(next);
        continue;
      }
      if (await this.#openWhens()) continue;
      return;
    }
  }

  async #activate(plugin: Installed): Promise<void> {
    this.#move(plugin, "activating");
    try {
      const activation = await this.#setUp(plugin, new Set());
      this.#commit(plugin, activation, new Set());
    } catch (thrown) {
      plugin.error = asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id });
      this.#move(plugin, "failed", plugin.error.message);
    }
  }

  /** Runs setup with everything it registers staged. On failure takes it all back and throws. */
  async #setUp(plugin: Installed, displaces: ReadonlySet<TapEntry>): Promise<Activation> {
    const { limits, deadlines } = this.#realm;
    const scope = new Scope(plugin.id, deadlines, { disposeMs: limits.drainMs, maxEffects: limits.maxEffects });
    const activation = new Activation(plugin, this.#realm, scope, displaces);
    try {
      const context = makeContext(this.#realm, activation, scope, plugin.definition.requires ?? {});
      await this.#within(plugin.id, async () => plugin.definition.setup(context as never));
      return activation;
    } catch (thrown) {
      this.#note(plugin, await activation.close());
      throw asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id });
    }
  }

  #within(plugin: string, work: () => Promise<void>): Promise<void> {
    const { activateMs } = this.#realm.limits;
    return new Promise((resolve, reject) => {
      const deadline = this.#realm.deadlines.set(activateMs, () => reject(new KernelError("SETUP_DEADLINE", { plugin, detail: `${activateMs} ms` })));
      work().then(resolve, reject).finally(() => deadline.cancel());
    });
  }

  #commit(plugin: Installed, activation: Activation, removing: ReadonlySet<TapEntry>): void {
    this.#realm.hooks.swap(activation.taps, removing);
    activation.committed = true;
    plugin.activation = activation;
    plugin.error = undefined;
    this.#active.add(activation);
    this.#move(plugin, "active");
  }

  /** One plugin or `when` whose services are gone, the latest activated first. */
  async #dropUnmet(): Promise<boolean> {
    for (const activation of Array.from(this.#active).reverse()) {
      if (this.#leaving.has(activation)) continue;
      if (this.missing(requiredIds(activation.plugin.definition)).length > 0) {
        await this.deactivate(activation.plugin, "waiting");
        return true;
      }
      for (const when of activation.whens) {
        if (!when.scope || this.missing(when.ids).length === 0) continue;
        const { scope } = when;
        when.scope = undefined;
        this.#note(activation.plugin, await scope.close());
        return true;
      }
    }
    return false;
  }

  async #openWhens(): Promise<boolean> {
    for (const activation of this.#active) {
      for (const when of activation.whens) {
        if (when.scope || this.missing(when.ids).length > 0) continue;
        const providers = when.ids.map((id) => this.providerOf(id));
        if (when.failedWith && when.failedWith.every((each, at) => each === providers[at])) continue;
        const { limits, deadlines } = this.#realm;
        const scope = new Scope(activation.id, deadlines, { disposeMs: limits.drainMs, maxEffects: limits.maxEffects });
        when.scope = scope;
        when.failedWith = undefined;
        try {
          for (const id of when.ids) activation.bind(id);
          await this.#within(activation.id, async () => when.open(when.tokens, scope));
        } catch (thrown) {
          when.scope = undefined;
          when.failedWith = providers;
          this.#note(activation.plugin, [asKernelError(thrown, "SETUP_FAILED", { plugin: activation.id }), ...(await scope.close())], when.label);
        }
        return true;
      }
    }
    return false;
  }

  /** Those that need it go first, then it: stops its taps, lets what runs finish, and undoes every effect. */
  async deactivate(plugin: Installed, to: PluginState | "gone"): Promise<void> {
    const { activation } = plugin;
    if (activation && !this.#leaving.has(activation)) {
      this.#move(plugin, "deactivating");
      this.#leaving.add(activation);
      while (await this.#dropUnmet()) continue;
      for (const entry of activation.taps) entry.live = false;
      this.#realm.hooks.swap([], new Set(activation.taps));
      activation.abort(new KernelError("PLUGIN_REVOKED", { plugin: plugin.id }));
      await activation.idle(this.#realm.limits.drainMs);
      activation.committed = false;
      this.#note(plugin, await activation.close());
      this.#active.delete(activation);
      this.#leaving.delete(activation);
      plugin.activation = undefined;
    }
    this.#move(plugin, to);
  }

  /**
   * Sets the new version up beside the old, then swaps both at once: no call ever finds neither.
   * When setup fails the old one has not been touched. What requires the old one's services starts again with the new one's.
   */
  async replace(old: Installed, next: Installed, install: () => void): Promise<void> {
    const before = old.activation;
    if (!before || this.missing(requiredIds(next.definition)).length > 0) {
      await this.deactivate(old, "gone");
      install();
      this.#move(next, "waiting");
      return this.settle();
    }
    const displaced = new Set(before.taps);
    const activation = await this.#setUp(next, displaced);
    for (const entry of before.taps) displaced.add(entry);
    this.#leaving.add(before);
    while (await this.#dropUnmet()) continue;
    install();
    this.#realm.sessions.hold(before);
    before.committed = false;
    this.#commit(next, activation, displaced);
    this.#active.delete(before);
    this.#leaving.delete(before);
    const drained = this.#drain(before, next);
    if (before.pending.size === 0 && before.heldBy.size === 0) await drained;
    await this.settle();
  }

  #drain(activation: Activation, noteOn: Installed): Promise<void> {
    const drained = activation
      .idle(this.#realm.limits.drainMs)
      .then(() => activation.close())
      .then((errors) => this.#note(noteOn, errors))
      .finally(() => this.#draining.delete(drained));
    this.#draining.add(drained);
    return drained;
  }

  /** Everything, the latest activated first. Resolves with every error met on the way. */
  async closeAll(): Promise<readonly KernelError[]> {
    const errors: KernelError[] = [];
    this.#collecting = errors;
    for (;;) {
      const last = Array.from(this.#active).pop();
      if (!last) break;
      await this.deactivate(last.plugin, "gone");
    }
    await Promise.all(this.#draining);
    this.#collecting = undefined;
    return errors;
  }

  #move(plugin: Installed, to: PluginState | "gone", detail?: string): void {
    const from = plugin.state;
    if (to !== "gone") plugin.state = to;
    this.#realm.changed(plugin, from, to, detail);
  }

  #note(plugin: Installed, errors: readonly KernelError[], where = "scope"): void {
    this.#collecting?.push(...errors);
    for (const error of errors) plugin.faults.push({ hook: where, code: error.code, message: error.message, at: this.#realm.platform.clock.now() });
  }
}
