import type { Activation } from "./activation.ts";
import { createRoot } from "./container.ts";
import { createDeadlines } from "./deadlines.ts";
import { type ErrorCode, KernelError, messageOf } from "./errors.ts";
import type { Catalogue } from "./hook-spec.ts";
import { createHooks, createSessions } from "./hooks.ts";
import type { Installed } from "./installed.ts";
import { createInvocation } from "./invocation.ts";
import type { KernelOptions, Limits, PluginChange, PluginState } from "./kernel-types.ts";
import { createTracer } from "./tracer.ts";

const keptFaults = 50;
const breaker: Limits["breaker"] = { faults: 5, windowMs: 60_000, probeMs: 30_000 };
const defaults: Limits = { drainMs: 2_000, activateMs: 10_000, maxEffects: 10_000, maxCalls: 10_000, breaker };

/** What the parts of one kernel share. `reconsider` looks again at what can be activated, once the kernel's queue gets there. */
export interface Realm extends ReturnType<typeof createRealm> {}

export function createRealm({ hooks: catalogue, platform, limits: given }: KernelOptions<Catalogue>, reconsider: () => void) {
  const limits: Limits = { ...defaults, ...given };
  const deadlines = createDeadlines(platform);
  const tracer = createTracer(platform.clock);
  const invocation = createInvocation(deadlines, tracer);
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
