import { type Activation, createActivation, type When } from "./activation.ts";
import { makeContext } from "./context.ts";
import { asKernelError, KernelError } from "./errors.ts";
import type { PluginState } from "./contract.ts";
import { requiredIds } from "./manifest.ts";
import type { Installed, Realm } from "./realm.ts";
import { createScope } from "./scope.ts";

type Step = () => Promise<void>;

/** Brings plugins to the state their services allow. Used only inside the kernel's queue, one change at a time. */
export function createReconciler(realm: Realm, plugins: ReadonlyMap<string, Installed>) {
  const { active, hooks, deadlines, limits, providerOf, move, inTime } = realm;
  /** Replaced versions that running taps or sessions still keep. */
  const draining = new Map<Activation, Promise<void>>();
  /** Every error since closing began. */
  let closing: KernelError[] | undefined;

  /** The services `plugin` requires and nobody provides. */
  const missing = ({ definition }: Installed): string[] => requiredIds(definition).filter((id) => !providerOf(id));

  /** Activates, deactivates, opens and closes until nothing can change any more. */
  const settle = (): Promise<void> => repeat(() => nextToClose() ?? nextToOpen());

  /** The plugin or `when` to take down because its services are gone, the latest activated first. */
  function nextToClose(): Step | undefined {
    for (const { plugin, stage, whens } of Array.from(active).reverse()) {
      if (stage === "active" && missing(plugin).length > 0) return () => deactivate(plugin, "waiting");
      const when = Array.from(whens).find(({ scope, ids }) => scope && !ids.every(providerOf));
      if (when) return () => closeWhen(plugin, when);
    }
    return undefined;
  }

  /** The plugin or `when` to bring up because its services are there. */
  function nextToOpen(): Step | undefined {
    const waiting = Array.from(plugins.values()).find((each) => each.state === "waiting" && missing(each).length === 0);
    if (waiting) return () => activate(waiting);
    for (const { plugin, whens } of active) {
      const when = Array.from(whens).find(({ scope, ids, failedWith }) => {
        const providers = ids.map(providerOf);
        return !scope && !providers.includes(undefined) && !failedWith?.every((each, at) => each === providers[at]);
      });
      if (when) return () => openWhen(plugin, when);
    }
    return undefined;
  }

  async function activate(plugin: Installed): Promise<void> {
    move(plugin, "activating");
    try {
      commit(await setUp(plugin));
    } catch (thrown) {
      plugin.error = asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id });
      move(plugin, "failed", plugin.error.message);
    }
  }

  /** Runs setup with everything it registers staged. On failure takes it all back and throws. */
  async function setUp(plugin: Installed): Promise<Activation> {
    const activation = createActivation(plugin, realm);
    const { definition, id } = plugin;
    try {
      const context = makeContext(realm, activation, activation.scope, activation.use(definition.requires ?? {}));
      await inTime("SETUP_DEADLINE", id, () => definition.setup(context as never));
      return activation;
    } catch (thrown) {
      note(plugin, await activation.leave());
      throw asKernelError(thrown, "SETUP_FAILED", { plugin: id });
    }
  }

  /** Its taps take the places of those its plugin had, guards left behind by an activation that is down included. */
  function commit(activation: Activation): void {
    const { plugin } = activation;
    hooks.swap(activation.taps, (entry) => entry.plugin === plugin.id);
    plugin.activation = activation;
    plugin.error = undefined;
    activation.stage = "active";
    active.add(activation);
    move(plugin, "active");
  }

  async function openWhen(plugin: Installed, when: When): Promise<void> {
    const scope = createScope(plugin.id, deadlines, limits);
    const providers = when.ids.map(providerOf);
    when.scope = scope;
    when.failedWith = undefined;
    try {
      await inTime("SETUP_DEADLINE", plugin.id, () => when.open(scope));
    } catch (thrown) {
      when.failedWith = providers;
      note(plugin, [asKernelError(thrown, "SETUP_FAILED", { plugin: plugin.id })]);
      await closeWhen(plugin, when);
    }
  }

  async function closeWhen(plugin: Installed, when: When): Promise<void> {
    const { scope } = when;
    when.scope = undefined;
    note(plugin, (await scope?.close()) ?? []);
  }

  /** Its services are there for nobody new, and whatever uses them is taken down, replaced versions that only drain included. */
  async function retire(provider: Activation): Promise<void> {
    provider.stage = "leaving";
    await repeat(nextToClose);
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
      await retire(activation);
      for (const entry of activation.taps) entry.live = false;
      activation.stage = "gone";
      hooks.swap([], (entry, kind) => entry.plugin === plugin.id && kind !== "guard");
      activation.stop(new KernelError("PLUGIN_REVOKED", { plugin: plugin.id }));
      note(plugin, await activation.leave());
      active.delete(activation);
      plugin.activation = undefined;
    }
    if (to === "gone") hooks.swap([], (entry) => entry.plugin === plugin.id);
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
    const lacking = missing(next);
    if (lacking.length > 0) throw new KernelError("SERVICE_MISSING", { plugin: next.id, detail: lacking.join(", ") });
    const activation = await setUp(next);
    await retire(before);
    install();
    before.stage = "gone";
    realm.sessions.keep(before);
    commit(activation);
    active.delete(before);
    const kept = before.isBusy();
    const drained = before.leave().then((errors) => {
      note(next, errors);
      draining.delete(before);
    });
    draining.set(before, drained);
    if (!kept) await drained;
    await settle();
  }

  /** Everything, the latest activated first. Resolves with every error on the way. */
  async function closeAll(): Promise<readonly KernelError[]> {
    closing = [];
    for (let last = Array.from(active).pop(); last; last = Array.from(active).pop()) await deactivate(last.plugin, "gone");
    await Promise.all(draining.values());
    return closing;
  }

  function note(plugin: Installed, errors: readonly KernelError[]): void {
    for (const error of errors) realm.blame(plugin, "", error);
    closing?.push(...errors);
  }

  return { missing, settle, deactivate, replace, closeAll };
}

async function repeat(next: () => Step | undefined): Promise<void> {
  for (let step = next(); step; step = next()) await step();
}
