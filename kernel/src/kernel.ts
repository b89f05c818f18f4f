import type { Realm } from "./activation.ts";
import { describeIssues } from "./answers.ts";
import { createBreaker } from "./breaker.ts";
import { createGrants } from "./capabilities.ts";
import { createRoot } from "./container.ts";
import { createDeadlines } from "./deadlines.ts";
import { assertNoConflict, assertNoCycle } from "./dependencies.ts";
import { KernelError, messageOf } from "./errors.ts";
import type { CallOptions, Catalogue } from "./hook-spec.ts";
import { createHooks } from "./hooks.ts";
import { type Installed, report, requiredIds, stateOf } from "./installed.ts";
import { createInvocation } from "./invocation.ts";
import type { HookExplanation, HookTrace, InstallOptions, Kernel, KernelOptions, Limits, PluginChange, PluginReport } from "./kernel-types.ts";
import { validateDefinition } from "./manifest.ts";
import { because } from "./order.ts";
import type { AnyPlugin } from "./plugin.ts";
import { createReconciler, type Reconciler } from "./reconciler.ts";
import { within } from "./scope.ts";
import { createSessions } from "./sessions.ts";
import { createTracer } from "./tracer.ts";

const keptFaults = 50;
const defaults: Limits = {
  drainMs: 2_000,
  activateMs: 10_000,
  maxEffects: 10_000,
  maxCalls: 10_000,
  breaker: { faults: 5, windowMs: 60_000, probeMs: 30_000 },
};

/**
 * A kernel over a catalogue of hooks. Installs, replaces and removes plugins one change at a time, in the order asked.
 *
 * @throws HOOK_SPEC_INVALID for a catalogue whose specs contradict themselves.
 */
export function createKernel<C extends Catalogue>({ hooks: catalogue, platform, policy = () => true, limits: given }: KernelOptions<C>): Kernel<C> {
  const limits: Limits = { ...defaults, ...given };
  const deadlines = createDeadlines(platform);
  const tracer = createTracer(platform.clock);
  const invocation = createInvocation(deadlines, tracer);
  const hooks = createHooks(catalogue, invocation.run);
  const sessions = createSessions(hooks, invocation);
  const plugins = new Map<string, Installed>();
  const listeners = new Set<(change: PluginChange) => void>();
  let installs = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  let closeErrors: KernelError[] | undefined;
  let reconsidering = false;

  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const change = <T>(work: () => Promise<T>): Promise<T> => (closing ? Promise.reject(new KernelError("KERNEL_CLOSED")) : enqueue(work));

  /** Tells listeners and `kernel.plugin`. Both fail open: one that throws keeps no other from hearing. */
  const announce = (news: PluginChange): void => {
    const failed = (thrown: unknown): void => platform.log.warn("a listener of plugin changes failed", { plugin: news.plugin, message: messageOf(thrown) });
    const tell = (work: () => unknown): void => void (async () => work())().catch(failed);
    for (const listener of Array.from(listeners)) tell(() => listener(news));
    if (hooks.table().has("kernel.plugin")) tell(() => call("kernel.plugin", news));
  };
  const call = (hook: string, input: unknown, options?: CallOptions): unknown => invocation.invoke(hooks.chain(hook), input, options);

  const realm: Realm = {
    platform,
    limits,
    deadlines,
    invocation,
    hooks,
    sessions,
    compose: createRoot(platform),
    get reconciler(): Reconciler {
      return reconciler;
    },
    reconsider: () => {
      if (reconsidering || closing) return;
      reconsidering = true;
      void enqueue(() => {
        reconsidering = false;
        return reconciler.settle();
      });
    },
    blame: (plugin, hook, error) => {
      plugin.faults.push({ hook, code: error.code, message: error.message, at: platform.clock.now() });
      if (plugin.faults.length > keptFaults) plugin.faults.shift();
      if (plugin.breaker.fault(hook)) realm.changed(plugin, "active", "suspended", `${limits.breaker.faults} faults in ${hook}: ${error.message}`);
    },
    changed: ({ id, definition }, from, to, detail) =>
      announce({ plugin: id, version: definition.manifest.version, from, to, at: platform.clock.now(), ...(detail === undefined ? {} : { detail }) }),
  };
  const reconciler: Reconciler = createReconciler(realm, plugins, (errors) => closeErrors?.push(...errors));

  /** Everything that can be refused is refused here, before anything changes. */
  const admit = async (definition: AnyPlugin, { tier = "core", deny = [], config }: InstallOptions, order: number): Promise<Installed> => {
    const { id } = definition.manifest;
    const others = Array.from(plugins.values(), (each) => each.definition).filter((each) => each.manifest.id !== id);
    assertNoConflict(definition, others);
    assertNoCycle(definition, others);
    const grants = createGrants(definition.manifest, tier, deny, policy, (capability) => realm.changed(plugin, plugin.state, "denied", capability));
    const breaker = createBreaker(limits.breaker, () => platform.clock.elapsed());
    const late = (): KernelError => new KernelError("CONFIG_INVALID", { plugin: id, detail: `its schema gave no answer in ${limits.activateMs} ms` });
    const configured = await within(deadlines, limits.activateMs, configure(definition, config), late);
    const plugin: Installed = { id, definition, tier, config: configured, order, grants, breaker, faults: [], stale: [], state: "installed" };
    return plugin;
  };
  const welcome = (plugin: Installed): void => {
    plugins.set(plugin.id, plugin);
    realm.changed(plugin, undefined, "installed");
    plugin.state = "waiting";
    for (const capability of plugin.grants.denied) realm.changed(plugin, "waiting", "denied", capability);
  };
  const known = (id: string): Installed => {
    const plugin = plugins.get(id);
    if (!plugin) throw new KernelError("PLUGIN_UNKNOWN", { plugin: id });
    return plugin;
  };
  const reportOn = (plugin: Installed): PluginReport => report(plugin, plugin.state === "waiting" ? reconciler.missing(requiredIds(plugin.definition)) : []);
  const remove = async (plugin: Installed): Promise<void> => {
    await reconciler.deactivate(plugin, "gone");
    plugins.delete(plugin.id);
    await reconciler.settle();
  };

  const kernel = {
    install: (definition: AnyPlugin, options: InstallOptions = {}) =>
      change(async () => {
        validateDefinition(definition);
        const { id } = definition.manifest;
        if (plugins.has(id)) throw new KernelError("PLUGIN_EXISTS", { plugin: id });
        const plugin = await admit(definition, options, ++installs);
        welcome(plugin);
        await reconciler.settle();
        if (plugin.error?.code !== "ORDER_CONTRADICTION") return reportOn(plugin);
        plugin.state = "rejected";
        realm.changed(plugin, "failed", "rejected", plugin.error.message);
        await remove(plugin);
        throw plugin.error;
      }),
    uninstall: (id: string) => change(async () => remove(known(id))),
    replace: (definition: AnyPlugin, options: InstallOptions = {}) =>
      change(async () => {
        validateDefinition(definition);
        const old = known(definition.manifest.id);
        const next = await admit(definition, { tier: old.tier, ...options }, old.order);
        await reconciler.replace(old, next, () => welcome(next));
        return reportOn(next);
      }),
    suspend: (id: string, reason: string) =>
      change(async () => {
        const plugin = known(id);
        const from = stateOf(plugin);
        plugin.breaker.hold();
        realm.changed(plugin, from, "suspended", reason);
      }),
    resume: (id: string) =>
      change(async () => {
        const plugin = known(id);
        if (!plugin.breaker.isOpen()) return;
        plugin.breaker.close();
        realm.changed(plugin, "suspended", plugin.state, "resumed");
      }),
    call: (hook: string, input: unknown, options?: CallOptions) => {
      if (closing) throw new KernelError("KERNEL_CLOSED");
      return call(hook, input, options);
    },
    session: (label: string) => sessions.start(label),
    service: ({ id }: { readonly id: string }) => reconciler.service(id),
    explain: (hook: string): HookExplanation => {
      const { spec, entries } = hooks.chain(hook);
      const { kind, doc, fault, deadlineMs } = spec;
      const present = new Set(entries.map((entry) => entry.plugin));
      const taps = entries.map((entry) => ({
        plugin: entry.plugin,
        phase: entry.phase,
        because: because(entry, present),
        state: stateOf(known(entry.plugin)),
      }));
      return { hook, kind, doc, fault, deadlineMs, taps };
    },
    inspect: () => ({
      plugins: Array.from(plugins.values(), reportOn),
      services: reconciler.services(),
      hooks: Array.from(hooks.table().keys()),
    }),
    trace: (listener: (record: HookTrace) => void) => tracer.listen(listener),
    onChange: (listener: (news: PluginChange) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closing ??= enqueue(async () => {
        closeErrors = [];
        await reconciler.closeAll();
        sessions.closeAll();
        deadlines.close();
        if (closeErrors.length > 0) throw new AggregateError(closeErrors, `${closeErrors.length} effects could not be undone`);
      });
      return closing;
    },
  };
  return kernel as unknown as Kernel<C>;
}

async function configure({ config, manifest }: AnyPlugin, given: unknown): Promise<unknown> {
  if (!config) return given;
  const refused = (detail: string): KernelError => new KernelError("CONFIG_INVALID", { plugin: manifest.id, detail });
  const validated = async () => config["~standard"].validate(given ?? {});
  const result = await validated().catch((thrown: unknown) => Promise.reject(refused(messageOf(thrown))));
  if (result.issues) throw refused(describeIssues(result.issues));
  return result.value;
}
