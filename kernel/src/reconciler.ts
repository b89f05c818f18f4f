import { Activation, type Realm } from "./activation.ts";
import type { TapEntry } from "./call.ts";
import { makeContext } from "./context.ts";
import { asKernelError, KernelError } from "./errors.ts";
import { type Installed, requiredIds } from "./installed.ts";
import type { PluginState } from "./kernel-types.ts";
import { createScope, within } from "./scope.ts";

const none: ReadonlySet<TapEntry> = new Set();

/** Brings plugins to the state their services allow. Used only inside the kernel's queue, one change at a time. */
export type Reconciler = ReturnType<typeof createReconciler>;

export function createReconciler(realm: Realm, plugins: ReadonlyMap<string, Installed>, onErrors: (errors: readonly KernelError[]) => void) {
  /** In order of activation. */
  const active = new Set<Activation>();
  /** On their way out: what they offer is there for nobody new. */
  const leaving = new Set<Activation>();
  /** Replaced versions that running taps or sessions still keep. */
  const draining = new Map<Activation, Promise<void>>();

  function providerOf(id: string): Activation | undefined {
    for (const activation of active) if (activation.offers.has(id) && !leaving.has(activation)) return activation;
    return undefined;
  }

  function service(id: string): unknown {
    return providerOf(id)?.composition.resolve(id);
  }

  /** What is provided now, by id. */
  function services(): { readonly id: string; readonly by: string }[] {
    return Array.from(active)
      .flatMap(({ offers, plugin }) => Array.from(offers, (id) => ({ id, by: plugin.id })))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  function missing(ids: readonly string[]): string[] {
    return ids.filter((id) => !providerOf(id));
  }

  /** Activates, deactivates, opens and closes until nothing can change any more. */
  async function settle(): Promise<void> {
    while ((await dropUnmet()) || (await activateNext()) || (await openWhen()));
  }

  async function activateNext(): Promise<boolean> {
    const ready = (plugin: Installed): boolean => plugin.state === "waiting" && missing(requiredIds(plugin.definition)).length === 0;
    const plugin = Array.from(plugins.values()).find(ready);
    if (!plugin) return false;
    move(plugin, "activating");
    try {
      commit(await setUp(plugin, new Set(plugin.stale)), none);
    } catch (thrown) {
      plugin.error = asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id });
      move(plugin, "failed", plugin.error.message);
    }
    return true;
  }

  /** Runs setup with everything it registers staged. On failure takes it all back and throws. */
  async function setUp(plugin: Installed, displaces: ReadonlySet<TapEntry>): Promise<Activation> {
    const activation = new Activation(plugin, realm, displaces);
    const { definition, id } = plugin;
    try {
      await inTime(id, async () => {
        const use = activation.use(definition.requires ?? {});
        await definition.setup(makeContext(realm, activation, activation.scope, use) as never);
      });
      return activation;
    } catch (thrown) {
      note(plugin, await activation.leave());
      throw asKernelError(thrown, "SETUP_FAILED", { plugin: id });
    }
  }

  function inTime(plugin: string, work: () => Promise<void>): Promise<void> {
    const { activateMs } = realm.limits;
    return within(realm.deadlines, activateMs, work(), () => new KernelError("SETUP_DEADLINE", { plugin, detail: `${activateMs} ms` }));
  }

  function commit(activation: Activation, removing: ReadonlySet<TapEntry>): void {
    const { plugin } = activation;
    realm.hooks.swap(Array.from(activation.taps), new Set([...removing, ...plugin.stale]));
    plugin.stale = [];
    plugin.activation = activation;
    plugin.error = undefined;
    activation.committed = true;
    active.add(activation);
    move(plugin, "active");
  }

  /** Takes down one plugin or `when` whose services are gone, the latest activated first. */
  async function dropUnmet(): Promise<boolean> {
    for (const activation of Array.from(active).reverse()) {
      const { plugin } = activation;
      if (!leaving.has(activation) && missing(requiredIds(plugin.definition)).length > 0) {
        await deactivate(plugin, "waiting");
        return true;
      }
      for (const when of activation.whens) {
        const { scope } = when;
        if (!scope || missing(when.ids).length === 0) continue;
        when.scope = undefined;
        note(plugin, await scope.close());
        return true;
      }
    }
    return false;
  }

  async function openWhen(): Promise<boolean> {
    for (const activation of active) {
      const { plugin } = activation;
      for (const when of activation.whens) {
        const providers = when.ids.map((id) => providerOf(id));
        if (when.scope || providers.includes(undefined) || when.failedWith?.every((each, at) => each === providers[at])) continue;
        const scope = createScope(plugin.id, realm.deadlines, realm.limits);
        when.scope = scope;
        when.failedWith = undefined;
        try {
          await inTime(plugin.id, async () => when.open(scope));
        } catch (thrown) {
          when.scope = undefined;
          when.failedWith = providers;
          note(plugin, [asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id }), ...(await scope.close())]);
        }
        return true;
      }
    }
    return false;
  }

  /** Takes down whatever uses a leaving plugin's services, replaced versions that only drain included. */
  async function freeOf(provider: Activation): Promise<void> {
    while (await dropUnmet());
    for (const [activation, drained] of draining) {
      if (!activation.uses.has(provider)) continue;
      activation.hurry();
      await drained;
    }
  }

  /** Those that need it go first, then it: its taps stop, what runs may finish, every effect is undone. Its guards deny until it is back or gone. */
  async function deactivate(plugin: Installed, to: PluginState | "gone"): Promise<void> {
    const { activation } = plugin;
    if (activation) {
      move(plugin, "deactivating");
      leaving.add(activation);
      await freeOf(activation);
      const taps = Array.from(activation.taps);
      for (const entry of taps) entry.live = false;
      plugin.stale = taps.filter((entry) => realm.hooks.chain(entry.hook).spec.kind === "guard");
      activation.committed = false;
      realm.hooks.swap([], new Set(taps.filter((entry) => !plugin.stale.includes(entry))));
      activation.stop(new KernelError("PLUGIN_REVOKED", { plugin: plugin.id }));
      note(plugin, await activation.leave());
      active.delete(activation);
      leaving.delete(activation);
      plugin.activation = undefined;
    }
    if (to === "gone") realm.hooks.swap([], new Set(plugin.stale));
    move(plugin, to);
  }

  /**
   * Sets the new version up beside the old, then swaps both at once: no call ever finds neither, and a setup that fails has not touched the old one.
   * What requires the old one's services starts again with the new one's. `install` enters `next` in the plugins.
   */
  async function replace(old: Installed, next: Installed, install: () => void): Promise<void> {
    const before = old.activation;
    if (!before) {
      await deactivate(old, "gone");
      install();
      return settle();
    }
    const lacking = missing(requiredIds(next.definition));
    if (lacking.length > 0) throw new KernelError("SERVICE_MISSING", { plugin: next.id, detail: lacking.join(", ") });
    const activation = await setUp(next, before.taps);
    leaving.add(before);
    await freeOf(before);
    install();
    before.committed = false;
    realm.sessions.keep(before);
    commit(activation, before.taps);
    active.delete(before);
    leaving.delete(before);
    const kept = before.busy;
    const drained = before.leave().then((errors) => {
      note(next, errors);
      draining.delete(before);
    });
    draining.set(before, drained);
    if (!kept) await drained;
    await settle();
  }

  /** Everything, the latest activated first. */
  async function closeAll(): Promise<void> {
    for (let last = Array.from(active).pop(); last; last = Array.from(active).pop()) await deactivate(last.plugin, "gone");
    await Promise.all(draining.values());
  }

  function move(plugin: Installed, to: PluginState | "gone", detail?: string): void {
    const from = plugin.state;
    if (to !== "gone") plugin.state = to;
    realm.changed(plugin, from, to, detail);
  }

  function note({ faults }: Installed, errors: readonly KernelError[]): void {
    for (const { code, message } of errors) faults.push({ hook: "", code, message, at: realm.platform.clock.now() });
    onErrors(errors);
  }

  return { providerOf, service, services, missing, settle, deactivate, replace, closeAll };
}
