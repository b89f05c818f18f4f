import type { TapEntry } from "./invocation.ts";
import { KernelError } from "./errors.ts";
import type { AnyPlugin, CallOptions, Catalogue, HookExplanation, InstallOptions, Kernel, KernelOptions, PluginChange, PluginReport } from "./contract.ts";
import { assertFits, validateDefinition } from "./manifest.ts";
import { because } from "./order.ts";
import { admit, createRealm, type Installed, report, stateOf } from "./realm.ts";
import { createReconciler } from "./reconciler.ts";

/**
 * A kernel over a catalogue of hooks. Installs, replaces and removes plugins one change at a time, in the order asked.
 *
 * @throws HOOK_SPEC_INVALID for a catalogue whose specs contradict themselves.
 */
export function createKernel<C extends Catalogue>(options: KernelOptions<C>): Kernel<C> {
  const { policy = () => true } = options;
  const plugins = new Map<string, Installed>();
  let installs = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const change = <T>(work: () => Promise<T>): Promise<T> => (closing ? Promise.reject(new KernelError("KERNEL_CLOSED")) : enqueue(work));
  const reconsider = (): void => {
    if (!closing) void enqueue(reconciler.settle);
  };
  const realm = createRealm(options, reconsider);
  const { hooks, invocation, sessions, deadlines, tracer, listeners, changed } = realm;
  const reconciler = createReconciler(realm, plugins);

  /** Everything that can be refused is refused here, before anything changes. */
  const prepare = (definition: AnyPlugin, given: InstallOptions, order: number): Promise<Installed> => {
    assertFits(definition, plugins.values());
    return admit(realm, definition, given, order, policy);
  };
  const welcome = (plugin: Installed): void => {
    plugins.set(plugin.id, plugin);
    changed(plugin, undefined, "installed");
    plugin.state = "waiting";
    for (const capability of plugin.grants.denied) changed(plugin, "waiting", "denied", capability);
  };
  const known = (id: string): Installed => {
    const plugin = plugins.get(id);
    if (!plugin) throw new KernelError("PLUGIN_UNKNOWN", { plugin: id });
    return plugin;
  };
  const reportOn = (plugin: Installed): PluginReport => report(plugin, plugin.state === "waiting" ? reconciler.missing(plugin) : []);
  const remove = async (plugin: Installed): Promise<void> => {
    await reconciler.deactivate(plugin, "gone");
    plugins.delete(plugin.id);
    await reconciler.settle();
  };

  const kernel = {
    install: (definition: AnyPlugin, given: InstallOptions = {}) =>
      change(async () => {
        validateDefinition(definition);
        const { id } = definition.manifest;
        if (plugins.has(id)) throw new KernelError("PLUGIN_EXISTS", { plugin: id });
        const plugin = await prepare(definition, given, ++installs);
        welcome(plugin);
        await reconciler.settle();
        if (plugin.error?.code !== "ORDER_CONTRADICTION") return reportOn(plugin);
        realm.move(plugin, "rejected", plugin.error.message);
        await remove(plugin);
        throw plugin.error;
      }),
    uninstall: (id: string) => change(async () => remove(known(id))),
    replace: (definition: AnyPlugin, given: InstallOptions = {}) =>
      change(async () => {
        validateDefinition(definition);
        const old = known(definition.manifest.id);
        const next = await prepare(definition, { tier: old.tier, ...given }, old.order);
        await reconciler.replace(old, next, () => welcome(next));
        return reportOn(next);
      }),
    suspend: (id: string, reason: string) =>
      change(async () => {
        const plugin = known(id);
        const from = stateOf(plugin);
        plugin.breaker.hold();
        changed(plugin, from, "suspended", reason);
      }),
    resume: (id: string) =>
      change(async () => {
        const plugin = known(id);
        if (!plugin.breaker.isOpen()) return;
        plugin.breaker.close();
        changed(plugin, "suspended", plugin.state, "resumed");
      }),
    call: (hook: string, input: unknown, given?: CallOptions) =>
      hooks.calling(hook, () => {
        if (closing) throw new KernelError("KERNEL_CLOSED");
        return invocation.invoke(hooks.chain(hook), input, given);
      }),
    session: (label: string) => sessions.start(label),
    service: ({ id }: { readonly id: string }) => realm.service(id),
    explain: (hook: string): HookExplanation => {
      const { spec, entries } = hooks.chain(hook);
      const { kind, doc, fault, deadlineMs } = spec;
      const present = new Set(entries.map((entry) => entry.plugin));
      const standing = (entry: TapEntry) => ({ because: because(entry, present), state: stateOf(known(entry.plugin)) });
      const taps = entries.map((entry) => ({ plugin: entry.plugin, phase: entry.phase, ...standing(entry) }));
      return { hook, kind, doc, fault, deadlineMs, taps };
    },
    inspect: () => ({ plugins: Array.from(plugins.values(), reportOn), services: realm.services(), hooks: Array.from(hooks.table().keys()) }),
    trace: tracer.listen,
    onChange: (listener: (news: PluginChange) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closing ??= enqueue(async () => {
        const errors = await reconciler.closeAll();
        sessions.closeAll();
        deadlines.close();
        if (errors.length > 0) throw new AggregateError(errors, `${errors.length} effects could not be undone`);
      });
      return closing;
    },
  };
  return kernel as unknown as Kernel<C>;
}
