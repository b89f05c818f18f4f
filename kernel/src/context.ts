import type { Activation, When } from "./activation.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions, Catalogue, Phase, TapOrder } from "./hook-spec.ts";
import type { Disposer, PluginContext, Tokens } from "./plugin.ts";
import type { KernelRealm } from "./realm.ts";
import type { Scope } from "./scope.ts";
import type { TapEntry } from "./tap-entry.ts";
import type { Token } from "./token.ts";

/** What a plugin's setup, and each `when` of it, is handed. Everything it makes belongs to `scope`. */
export function makeContext(realm: KernelRealm, activation: Activation, scope: Scope, tokens: Tokens): PluginContext<Catalogue> {
  const { plugin } = activation;
  const { id } = plugin;
  const { clock, random, log } = realm.platform;

  const tap = (hook: string, fn: TapEntry["fn"], order: TapOrder = {}): Disposer => {
    scope.assertOpen();
    realm.hooks.specOf(hook, id);
    if (typeof fn !== "function") throw new KernelError("HOOK_KIND_MISUSED", { plugin: id, hook, detail: "a tap is a function" });
    const phase: Phase = order.phase ?? "main";
    const entry: TapEntry = {
      hook, fn, phase, plugin: id, owner: activation, installed: plugin.order, index: activation.nextTapIndex(),
      before: order.before ?? [], after: order.after ?? [], live: true,
    };
    activation.addTap(entry);
    return scope.own(`tap ${hook}`, () => activation.removeTap(entry));
  };

  const provide = <T>(token: Token<T>, service: T): Disposer => {
    scope.assertOpen();
    if (!plugin.definition.provides?.some((each) => each.id === token.id)) throw new KernelError("SERVICE_UNDECLARED", { plugin: id, detail: token.id });
    if (activation.offers.has(token.id)) throw new KernelError("SERVICE_CONFLICT", { plugin: id, detail: `${token.id} is provided by the same plugin` });
    activation.composition.offer(token.id, service);
    activation.offers.add(token.id);
    if (activation.committed) realm.reconsider();
    return scope.own(`service ${token.id}`, () => {
      activation.offers.delete(token.id);
      if (activation.committed) realm.reconsider();
    });
  };

  const when = (wanted: Tokens, open: (context: never) => void | Promise<void>): Disposer => {
    scope.assertOpen();
    const ids = Object.values(wanted).map((token) => token.id);
    const entry: When = {
      ids, label: `when ${ids.join(", ")}`, tokens: { ...tokens, ...wanted }, scope: undefined, failedWith: undefined,
      open: (all, sub) => open(makeContext(realm, activation, sub, all) as never),
    };
    activation.whens.add(entry);
    if (activation.committed) realm.reconsider();
    return scope.own(entry.label, async () => {
      activation.whens.delete(entry);
      await entry.scope?.close();
    });
  };

  const admit = (): void => {
    scope.assertOpen();
    if (plugin.breaker.open && plugin.breaker.held) throw new KernelError("PLUGIN_SUSPENDED", { plugin: id });
  };

  const counted = (hook: string, run: () => unknown): unknown => {
    if (activation.callsInFlight >= realm.limits.maxCalls) throw new KernelError("CALL_FLOOD", { plugin: id, hook, detail: `${realm.limits.maxCalls} at once` });
    const outcome = run();
    if (!(outcome instanceof Promise)) return outcome;
    activation.callsInFlight++;
    const ended = (): void => void activation.callsInFlight--;
    outcome.then(ended, ended);
    return outcome;
  };

  const context = {
    plugin: Object.freeze({ id, version: plugin.definition.manifest.version, tier: plugin.tier }),
    use: activation.use(tokens),
    config: plugin.config,
    signal: scope.signal,
    log, clock, random, tap, provide, when,
    own: (label: string, dispose: Disposer) => scope.own(label, dispose),
    call: (hook: string, input: unknown, options?: CallOptions) => {
      admit();
      plugin.grants.require(`hook.call:${hook}`);
      return counted(hook, () => realm.hooks.call(realm.hooks.table, hook, input, options, undefined));
    },
    session: (label: string) => {
      admit();
      plugin.grants.require("hook.call:*");
      const opened = realm.sessions.start(label, () => void forget());
      const forget = scope.own(`session ${label}`, () => opened.close());
      return { call: (hook: string, input: unknown, options?: CallOptions) => counted(hook, () => opened.call(hook, input, options)), close: () => opened.close() };
    },
    can: (capability: string) => plugin.grants.can(capability),
    require: (capability: string) => plugin.grants.require(capability),
  };
  return Object.freeze(context) as unknown as PluginContext<Catalogue>;
}
