import { Activation, type Realm } from "./activation.ts";
import type { TapEntry } from "./call.ts";
import { makeContext } from "./context.ts";
import { asKernelError, KernelError } from "./errors.ts";
import { type Installed, requiredIds } from "./installed.ts";
import type { PluginState } from "./kernel-types.ts";
import { createScope, within } from "./scope.ts";

const none: ReadonlySet<TapEntry> = new Set();

/** Brings plugins to the state their services allow. Runs only inside the kernel's queue, one change at a time. */
export class Reconciler {
  readonly #realm: Realm;
  readonly #plugins: ReadonlyMap<string, Installed>;
  /** In order of activation. */
  readonly #active = new Set<Activation>();
  /** On their way out: what they offer is there for nobody new. */
  readonly #leaving = new Set<Activation>();
  /** Replaced versions that running taps or sessions still keep. */
  readonly #draining = new Set<Promise<void>>();
  readonly #onErrors: (errors: readonly KernelError[]) => void;

  constructor(realm: Realm, plugins: ReadonlyMap<string, Installed>, onErrors: (errors: readonly KernelError[]) => void) {
    this.#realm = realm;
    this.#plugins = plugins;
    this.#onErrors = onErrors;
  }

  providerOf(id: string): Activation | undefined {
    for (const activation of this.#active) if (activation.offers.has(id) && !this.#leaving.has(activation)) return activation;
    return undefined;
  }

  services(): { readonly id: string; readonly by: string }[] {
    return Array.from(this.#active)
      .flatMap(({ offers, plugin }) => Array.from(offers, (id) => ({ id, by: plugin.id })))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  missing(ids: readonly string[]): string[] {
    return ids.filter((id) => !this.providerOf(id));
  }

  /** Activates, deactivates, opens and closes until nothing can change any more. */
  async settle(): Promise<void> {
    while ((await this.#dropUnmet()) || (await this.#activateNext()) || (await this.#openWhen()));
  }

  async #activateNext(): Promise<boolean> {
    const ready = (plugin: Installed): boolean => plugin.state === "waiting" && this.missing(requiredIds(plugin.definition)).length === 0;
    const plugin = Array.from(this.#plugins.values()).find(ready);
    if (!plugin) return false;
    this.#move(plugin, "activating");
    try {
      this.#commit(await this.#setUp(plugin, new Set(plugin.stale)), none);
    } catch (thrown) {
      plugin.error = asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id });
      this.#move(plugin, "failed", plugin.error.message);
    }
    return true;
  }

  /** Runs setup with everything it registers staged. On failure takes it all back and throws. */
  async #setUp(plugin: Installed, displaces: ReadonlySet<TapEntry>): Promise<Activation> {
    const activation = new Activation(plugin, this.#realm, displaces);
    const { definition, id } = plugin;
    try {
      await this.#inTime(id, async () => {
        const use = activation.use(definition.requires ?? {});
        await definition.setup(makeContext(this.#realm, activation, activation.scope, use) as never);
      });
      return activation;
    } catch (thrown) {
      this.#note(plugin, await activation.leave());
      throw asKernelError(thrown, "SETUP_FAILED", { plugin: id });
    }
  }

  #inTime(plugin: string, work: () => Promise<void>): Promise<void> {
    const { activateMs } = this.#realm.limits;
    return within(this.#realm.deadlines, activateMs, work(), () => new KernelError("SETUP_DEADLINE", { plugin, detail: `${activateMs} ms` }));
  }

  #commit(activation: Activation, removing: ReadonlySet<TapEntry>): void {
    const { plugin } = activation;
    this.#realm.hooks.swap(Array.from(activation.taps), new Set([...removing, ...plugin.stale]));
    plugin.stale = [];
    plugin.activation = activation;
    plugin.error = undefined;
    activation.committed = true;
    this.#active.add(activation);
    this.#move(plugin, "active");
  }

  /** Takes down one plugin or `when` whose services are gone, the latest activated first. */
  async #dropUnmet(): Promise<boolean> {
    for (const activation of Array.from(this.#active).reverse()) {
      if (this.#leaving.has(activation)) continue;
      const { plugin } = activation;
      if (this.missing(requiredIds(plugin.definition)).length > 0) {
        await this.deactivate(plugin, "waiting");
        return true;
      }
      for (const when of activation.whens) {
        const { scope } = when;
        if (!scope || this.missing(when.ids).length === 0) continue;
        when.scope = undefined;
        this.#note(plugin, await scope.close());
        return true;
      }
    }
    return false;
  }

  async #openWhen(): Promise<boolean> {
    for (const activation of this.#active) {
      const { plugin } = activation;
      for (const when of activation.whens) {
        const providers = when.ids.map((id) => this.providerOf(id));
        if (when.scope || providers.includes(undefined) || when.failedWith?.every((each, at) => each === providers[at])) continue;
        const scope = createScope(plugin.id, this.#realm.deadlines, this.#realm.limits);
        when.scope = scope;
        when.failedWith = undefined;
        try {
          await this.#inTime(plugin.id, async () => when.open(scope));
        } catch (thrown) {
          when.scope = undefined;
          when.failedWith = providers;
          this.#note(plugin, [asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id }), ...(await scope.close())]);
        }
        return true;
      }
    }
    return false;
  }

  /** Those that need it go first, then it: its taps stop, what runs may finish, every effect is undone. Its guards deny until it is back or gone. */
  async deactivate(plugin: Installed, to: PluginState | "gone"): Promise<void> {
    const { activation } = plugin;
    if (activation) {
      this.#move(plugin, "deactivating");
      this.#leaving.add(activation);
      while (await this.#dropUnmet());
      const taps = Array.from(activation.taps);
      for (const entry of taps) entry.live = false;
      plugin.stale = taps.filter((entry) => this.#realm.hooks.chain(entry.hook).spec.kind === "guard");
      activation.committed = false;
      this.#realm.hooks.swap([], new Set(taps.filter((entry) => !plugin.stale.includes(entry))));
      activation.stop(new KernelError("PLUGIN_REVOKED", { plugin: plugin.id }));
      this.#note(plugin, await activation.leave());
      this.#active.delete(activation);
      this.#leaving.delete(activation);
      plugin.activation = undefined;
    }
    if (to === "gone") this.#realm.hooks.swap([], new Set(plugin.stale));
    this.#move(plugin, to);
  }

  /**
   * Sets the new version up beside the old, then swaps both at once: no call ever finds neither, and a setup that fails has not touched the old one.
   * What requires the old one's services starts again with the new one's. `install` enters `next` in the plugins.
   */
  async replace(old: Installed, next: Installed, install: () => void): Promise<void> {
    const before = old.activation;
    if (!before) {
      await this.deactivate(old, "gone");
      install();
      return this.settle();
    }
    const lacking = this.missing(requiredIds(next.definition));
    if (lacking.length > 0) throw new KernelError("SERVICE_MISSING", { plugin: next.id, detail: lacking.join(", ") });
    const activation = await this.#setUp(next, before.taps);
    this.#leaving.add(before);
    while (await this.#dropUnmet());
    install();
    before.committed = false;
    this.#realm.sessions.keep(before);
    this.#commit(activation, before.taps);
    this.#active.delete(before);
    this.#leaving.delete(before);
    const kept = before.busy;
    const drained = before.leave().then((errors) => {
      this.#note(next, errors);
      this.#draining.delete(drained);
    });
    this.#draining.add(drained);
    if (!kept) await drained;
    await this.settle();
  }

  /** Everything, the latest activated first. */
  async closeAll(): Promise<void> {
    for (let last = Array.from(this.#active).pop(); last; last = Array.from(this.#active).pop()) await this.deactivate(last.plugin, "gone");
    await Promise.all(this.#draining);
  }

  #move(plugin: Installed, to: PluginState | "gone", detail?: string): void {
    const from = plugin.state;
    if (to !== "gone") plugin.state = to;
    this.#realm.changed(plugin, from, to, detail);
  }

  #note({ faults }: Installed, errors: readonly KernelError[]): void {
    for (const { code, message } of errors) faults.push({ hook: "", code, message, at: this.#realm.platform.clock.now() });
    this.#onErrors(errors);
  }
}
