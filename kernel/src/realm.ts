import type { Activation } from "./activation.ts";
import { describeIssues } from "./answers.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createGrants, type Grants, type Policy } from "./capabilities.ts";
import { createRoot } from "./container.ts";
import type { AnyPlugin, Catalogue, InstallOptions, KernelOptions, Limits, PluginChange, PluginReport, PluginState, Tier } from "./contract.ts";
import { createDeadlines } from "./deadlines.ts";
import { type ErrorCode, KernelError, messageOf } from "./errors.ts";
import { createHooks, createSessions } from "./hooks.ts";
import { createInvocation } from "./invocation.ts";
import { providedIds, requiredIds } from "./manifest.ts";
import { createTracer } from "./tracer.ts";

const keptFaults = 50;
const breaker: Limits["breaker"] = { faults: 5, windowMs: 60_000, probeMs: 30_000 };
const defaults: Limits = { drainMs: 2_000, activateMs: 10_000, maxEffects: 10_000, maxCalls: 10_000, breaker };

/** What the parts of one kernel share. `reconsider` looks again at what can be activated, once the kernel's queue gets there. */
export interface Realm extends ReturnType<typeof createRealm> {}

export function createRealm({ hooks: catalogue, platform, limits: given, unchecked }: KernelOptions<Catalogue>, reconsider: () => void) {
  const limits: Limits = { ...defaults, ...given };
  const deadlines = createDeadlines(platform);
  const tracer = createTracer(platform.clock);
  const invocation = createInvocation(platform.clock, deadlines, tracer, limits.maxCalls, new Set(unchecked));
  const hooks = createHooks(catalogue, invocation.run);
  const listeners = new Set<(change: PluginChange) => void>();
  /** In order of activation. */
  const active = new Set<Activation>();

  const providerOf = (id: string): Activation | undefined => Array.from(active).find((each) => each.stage === "active" && each.offers.has(id));

  /** Tells listeners and `kernel.plugin`. Both fail open: one that throws keeps no other from hearing. */
  const changed = ({ id, definition }: Installed, from: PluginChange["from"], to: PluginChange["to"], detail?: string): void => {
    const at = platform.clock.now();
    const news: PluginChange = { plugin: id, version: definition.manifest.version, from, to, at, ...(detail === undefined ? {} : { detail }) };
    const failed = (thrown: unknown): void => platform.log.warn("a listener of plugin changes failed", { plugin: id, message: messageOf(thrown) });
    const tell = (work: () => unknown): void => void (async () => work())().catch(failed);
    for (const listener of Array.from(listeners)) tell(() => listener(news));
    if (hooks.table().has("kernel.plugin")) tell(() => invocation.invoke(hooks.chain("kernel.plugin"), news));
  };

  const move = (plugin: Installed, to: PluginState | "gone", detail?: string): void => {
    const from = plugin.state;
    if (to !== "gone") plugin.state = to;
    changed(plugin, from, to, detail);
  };
  const blame = ({ faults }: Installed, hook: string, { code, message }: KernelError): void => {
    faults.push({ hook, code, message, at: platform.clock.now() });
    if (faults.length > keptFaults) faults.shift();
  };

  const service = (id: string): unknown => providerOf(id)?.composition.resolve(id);
  /** What is provided now, by id. */
  const services = (): { readonly id: string; readonly by: string }[] => {
    const all = Array.from(active).flatMap(({ offers, plugin }) => Array.from(offers, (id) => ({ id, by: plugin.id })));
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  };

  /** What a plugin's own code comes to, or an error of `code` when it takes longer than `activateMs`. */
  const inTime = <T>(code: ErrorCode, plugin: string, work: () => T | Promise<T>): Promise<T> =>
    deadlines.within(limits.activateMs, work, () => new KernelError(code, { plugin, detail: `no answer in ${limits.activateMs} ms` }));

  const parts = { platform, limits, deadlines, tracer, invocation, hooks };
  const composed = { sessions: createSessions(hooks, invocation), compose: createRoot(platform), listeners, active, reconsider };
  return { ...parts, ...composed, providerOf, service, services, changed, move, blame, inTime };
}

/** A plugin the kernel holds: its definition, where it stands, and what it did wrong. */
export interface Installed {
  readonly id: string;
  readonly definition: AnyPlugin;
  readonly tier: Tier;
  readonly config: unknown;
  /** Install order: kept through a replace. */
  readonly order: number;
  readonly grants: Grants;
  readonly breaker: Breaker;
  readonly faults: PluginReport["faults"][number][];
  state: PluginState;
  activation?: Activation | undefined;
  error?: KernelError | undefined;
}

/** @throws CONFIG_INVALID */
export async function admit(realm: Realm, definition: AnyPlugin, options: InstallOptions, order: number, policy: Policy): Promise<Installed> {
  const { tier = "core", deny = [], config: given } = options;
  const { id } = definition.manifest;
  const grants = createGrants(definition.manifest, tier, deny, policy, (capability) => realm.changed(plugin, plugin.state, "denied", capability));
  const breaker = createBreaker(realm.limits.breaker, () => realm.platform.clock.elapsed());
  const config = await realm.inTime("CONFIG_INVALID", id, () => configure(definition, given));
  const plugin: Installed = { id, definition, tier, config, order, grants, breaker, faults: [], state: "installed" };
  return plugin;
}

async function configure({ config, manifest }: AnyPlugin, given: unknown): Promise<unknown> {
  if (!config) return given;
  const refused = (detail: string): KernelError => new KernelError("CONFIG_INVALID", { plugin: manifest.id, detail });
  const validated = async () => config["~standard"].validate(given ?? {});
  const result = await validated().catch((thrown: unknown) => Promise.reject(refused(messageOf(thrown))));
  if (result.issues) throw refused(describeIssues(result.issues));
  return result.value;
}

export const stateOf = (plugin: Installed): PluginState => (plugin.state === "active" && plugin.breaker.isOpen() ? "suspended" : plugin.state);

export function report(plugin: Installed, waitingFor: readonly string[]): PluginReport {
  const { id, tier, definition, activation, grants, faults, error } = plugin;
  const { version, title, description } = definition.manifest;
  const about = { id, version, tier, ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
  const services = { requires: requiredIds(definition), provides: providedIds(definition), waitingFor };
  const taps = Array.from(activation?.taps ?? [], ({ hook, phase }) => ({ hook, phase }));
  const capabilities = { granted: grants.granted, denied: grants.denied, used: Array.from(grants.used).sort() };
  const failure = error ? { error: { code: error.code, message: error.message } } : {};
  return { ...about, state: stateOf(plugin), ...services, taps, effects: activation?.effects() ?? [], capabilities, faults: faults.slice(), ...failure };
}
