import { Breaker } from "./breaker.ts";
import { Grants } from "./capabilities.ts";
import { createRoot } from "./container.ts";
import { Deadlines } from "./deadlines.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions, Catalogue } from "./hook-spec.ts";
import { Hooks } from "./hooks.ts";
import { assertNoConflict, assertNoCycle } from "./dependencies.ts";
import { describeIssues } from "./answers.ts";
import { type Installed, report, requiredIds } from "./installed.ts";
import { Invocation } from "./invocation.ts";
import type { InstallOptions, Kernel, KernelOptions, PluginChange, PluginReport } from "./kernel-types.ts";
import { validateDefinition } from "./manifest.ts";
import type { AnyPlugin } from "./plugin.ts";
import type { KernelRealm, Limits } from "./realm.ts";
import { Reconciler } from "./reconciler.ts";
import { Sessions } from "./sessions.ts";
import { Tracer } from "./tracer.ts";
import type { Boxed } from "./container.ts";

const keptFaults = 50;

/**
 * A kernel over a catalogue of hooks. Installs, replaces and removes plugins one change at a time, in the order asked.
 *
 * @throws HOOK_SPEC_INVALID for a catalogue whose specs contradict themselves.
 */
export function createKernel<C extends Catalogue>(options: KernelOptions<C>): Kernel<C> {
  const { platform } = options;
  const limits: Limits = {
    drainMs: options.limits?.drainMs ?? 2_000,
    activateMs: options.limits?.activateMs ?? 10_000,
    maxEffects: 10_000,
    maxCalls: 10_000,
    breaker: options.limits?.breaker ?? { faults: 5, windowMs: 60_000, probeMs: 30_000 },
  };
  const deadlines = new Deadlines(platform);
  const tracer = new Tracer();
  const hooks = new Hooks(options.hooks, new Invocation(platform, deadlines, tracer));
  const sessions = new Sessions(() => hooks);
  const plugins = new Map<string, Installed>();
  const listeners = new Set<(change: PluginChange) => void>();
  let installs = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  let reconsidering = false;

  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  const announce = (change: PluginChange): void => {
    for (const listener of Array.from(listeners)) {
      try {
        listener(change);
      } catch (thrown) {
        platform.log.warn("a listener of plugin changes threw", { message: String(thrown) });
      }
    }
    if (!hooks.table.has("kernel.plugin")) return;
    const told = hooks.call(hooks.table, "kernel.plugin", change, undefined, undefined);
    if (told instanceof Promise) told.catch((error: unknown) => platform.log.warn("kernel.plugin failed", { message: String(error) }));
  };

  const realm: KernelRealm = {
    platform, deadlines, hooks, sessions, limits,
    compose: createRoot(platform),
    providerOf: (id) => reconciler.providerOf(id),
    reconsider: () => {
      if (reconsidering || closing) return;
      reconsidering = true;
      void enqueue(async () => {
        reconsidering = false;
        await reconciler.settle();
      });
    },
    blame: (plugin, hook, error) => {
      plugin.faults.push({ hook, code: error.code, message: error.message, at: platform.clock.now() });
      if (plugin.faults.length > keptFaults) plugin.faults.splice(0, plugin.faults.length - keptFaults);
      if (plugin.breaker.fault(hook)) realm.changed(plugin, "active", "suspended", `${limits.breaker.faults} faults in ${hook}: ${error.message}`);
    },
    changed: (plugin, from, to, detail) =>
      announce({ plugin: plugin.id, version: plugin.definition.manifest.version, from, to, at: platform.clock.now(), ...(detail === undefined ? {} : { detail }) }),
  };
  const reconciler = new Reconciler(realm, plugins);

  const admit = async (definition: AnyPlugin, given: InstallOptions, order: number): Promise<Installed> => {
    validateDefinition(definition);
    const { manifest } = definition;
    const { id } = manifest;
    const others = Array.from(plugins.values(), (each) => each.definition).filter((each) => each.manifest.id !== id);
    assertNoConflict(definition, others);
    assertNoCycle(definition, others);
    const tier = given.tier ?? "core";
    const breaker = new Breaker(limits.breaker, () => platform.clock.elapsed());
    const grants = new Grants(manifest, tier, given.deny ?? [], options.policy, (capability) => realm.changed(plugin, plugin.state, "denied", capability));
    const config = await configure(definition, given.config);
    const plugin: Installed = { id, definition, tier, config, order, grants, breaker, faults: [], state: "installed", activation: undefined, error: undefined };
    return plugin;
  };

  const welcome = (plugin: Installed): void => {
    plugins.set(plugin.id, plugin);
    realm.changed(plugin, undefined, "installed");
    for (const capability of plugin.grants.denied) realm.changed(plugin, plugin.state, "denied", capability);
  };

  const known = (id: string): Installed => {
    const plugin = plugins.get(id);
    if (!plugin) throw new KernelError("PLUGIN_UNKNOWN", { plugin: id });
    return plugin;
  };

  const reportOn = (plugin: Installed): PluginReport => report(plugin, plugin.state === "waiting" ? reconciler.missing(requiredIds(plugin.definition)) : []);

  const change = <T>(work: () => Promise<T>): Promise<T> => (closing ? Promise.reject(new KernelError("KERNEL_CLOSED")) : enqueue(work));

  const kernel = {
    install: (definition: AnyPlugin, given: InstallOptions = {}) =>
      change(async () => {
        const plugin = await admit(definition, given, ++installs);
        if (plugins.has(plugin.id)) throw new KernelError("PLUGIN_EXISTS", { plugin: plugin.id });
        welcome(plugin);
        plugin.state = "waiting";
        await reconciler.settle();
        if (plugin.error?.code === "ORDER_CONTRADICTION") {
          plugins.delete(plugin.id);
          realm.changed(plugin, "failed", "rejected", plugin.error.message);
          throw plugin.error;
        }
        return reportOn(plugin);
      }),
    uninstall: (id: string) =>
      change(async () => {
        const plugin = known(id);
        await reconciler.deactivate(plugin, "gone");
        plugins.delete(id);
        await reconciler.settle();
      }),
    replace: (definition: AnyPlugin, given: InstallOptions = {}) =>
      change(async () => {
        validateDefinition(definition);
        const old = known(definition.manifest.id);
        const next = await admit(definition, { tier: old.tier, ...given }, old.order);
        await reconciler.replace(old, next, () => welcome(next));
        return reportOn(next);
      }),
    suspend: (id: string, reason: string) =>
      change(async () => {
        const plugin = known(id);
        plugin.breaker.hold();
        realm.changed(plugin, plugin.state, "suspended", reason);
      }),
    resume: (id: string) =>
      change(async () => {
        const plugin = known(id);
        if (!plugin.breaker.open) return;
        plugin.breaker.close();
        realm.changed(plugin, "suspended", plugin.state, "resumed");
      }),
    call: (hook: string, input: unknown, callOptions?: CallOptions) => {
      if (closing) throw new KernelError("KERNEL_CLOSED");
      return hooks.call(hooks.table, hook, input, callOptions, undefined);
    },
    session: (label: string) => sessions.start(label),
    service: (token: { readonly id: string }) => (reconciler.providerOf(token.id)?.composition.resolve(token.id) as Boxed | undefined)?.service,
    explain: (hook: string) => hooks.explain(hook, (id) => (plugins.get(id)?.breaker.open ? "suspended" : (plugins.get(id)?.state ?? "deactivating"))),
    inspect: () => ({
      plugins: Array.from(plugins.values(), reportOn),
      services: Array.from(plugins.values()).flatMap((plugin) => Array.from(plugin.activation?.offers ?? [], (id) => ({ id, by: plugin.id }))),
      hooks: hooks.names,
    }),
    trace: (listener: Parameters<Kernel<C>["trace"]>[0]) => tracer.listen(listener),
    onChange: (listener: (change: PluginChange) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closing ??= enqueue(async () => {
        const errors = await reconciler.closeAll();
        sessions.closeAll();
        deadlines.close();
        plugins.clear();
        if (errors.length > 0) throw new AggregateError(errors, `${errors.length} effects could not be undone`);
      });
      return closing;
    },
  };
  return kernel as unknown as Kernel<C>;
}

async function configure(definition: AnyPlugin, given: unknown): Promise<unknown> {
  if (!definition.config) return given;
  const result = await definition.config["~standard"].validate(given ?? {});
  if (result.issues) throw new KernelError("CONFIG_INVALID", { plugin: definition.manifest.id, detail: describeIssues(result.issues) });
  return result.value;
}
