import type { Activation, Realm, When } from "./activation.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions, Catalogue, TapOrder } from "./hook-spec.ts";
import type { Disposer, PluginContext, Tokens } from "./plugin.ts";
import type { TapEntry } from "./call.ts";
import type { Scope } from "./scope.ts";
import type { Token } from "./token.ts";

/** What a plugin's setup, and each `when` of it, is handed. Everything made through it belongs to `scope`. */
export function makeContext(realm: Realm, activation: Activation, scope: Scope, use: { readonly [name: string]: unknown }): PluginContext<Catalogue> {
  const { plugin } = activation;
  const { id, tier, config, grants, breaker, definition } = plugin;
  const { clock, random, log } = realm.platform;
  const refuse = (code: "SERVICE_UNDECLARED" | "SERVICE_CONFLICT" | "CALL_FLOOD" | "PLUGIN_SUSPENDED" | "TAP_INVALID", detail: string): never => {
    throw new KernelError(code, { plugin: id, detail });
  };
  /** Registers an effect and its undo as one; nothing is registered in a scope that is closed. */
  const effect = (label: string, register: () => () => void | Promise<void>): Disposer => {
    scope.assertOpen();
    return scope.own(label, register());
  };
  const shifted = (): void => {
    if (activation.committed) realm.reconsider();
  };

  /** Counts a call as in flight until it settles. */
  const counted = (run: () => unknown): unknown => {
    if (activation.callsInFlight >= realm.limits.maxCalls) refuse("CALL_FLOOD", `${realm.limits.maxCalls} at once`);
    const outcome = run();
    if (!(outcome instanceof Promise)) return outcome;
    activation.callsInFlight++;
    const ended = (): void => void activation.callsInFlight--;
    outcome.then(ended, ended);
    return outcome;
  };
  const admit = (capability: string): void => {
    scope.assertOpen();
    if (breaker.isHeld()) refuse("PLUGIN_SUSPENDED", capability);
    grants.require(capability);
  };

  const context = {
    plugin: Object.freeze({ id, version: definition.manifest.version, tier }),
    use: Object.freeze(use),
    config,
    signal: scope.signal,
    log,
    clock,
    random,
    tap: (hook: string, fn: TapEntry["fn"], { phase = "main", before = [], after = [] }: TapOrder = {}): Disposer =>
      effect(`tap ${hook}`, () => {
        if (typeof fn !== "function") refuse("TAP_INVALID", `${hook} is tapped with ${typeof fn}`);
        const entry = activation.addTap({ hook, fn, phase, before, after });
        return () => activation.removeTap(entry);
      }),
    provide: ({ id: service }: Token<unknown>, value: unknown): Disposer =>
      effect(`service ${service}`, () => {
        if (!definition.provides?.some((token) => token.id === service)) refuse("SERVICE_UNDECLARED", service);
        if (activation.offers.has(service)) refuse("SERVICE_CONFLICT", `${service} is provided by itself`);
        activation.composition.offer(service, value);
        activation.offers.add(service);
        shifted();
        return () => {
          activation.offers.delete(service);
          shifted();
        };
      }),
    when: (tokens: Tokens, open: (context: never) => void | Promise<void>): Disposer => {
      const ids = Object.values(tokens).map((token) => token.id);
      return effect(`when ${ids.join(", ")}`, () => {
        const run = (sub: Scope): void | Promise<void> => open(makeContext(realm, activation, sub, { ...use, ...activation.use(tokens) }) as never);
        const when: When = { ids, open: run, scope: undefined, failedWith: undefined };
        activation.whens.add(when);
        shifted();
        return async () => {
          activation.whens.delete(when);
          await when.scope?.close();
        };
      });
    },
    own: (label: string, dispose: Disposer): Disposer => scope.own(label, dispose),
    call: (hook: string, input: unknown, options?: CallOptions): unknown => {
      admit(`hook.call:${hook}`);
      return counted(() => realm.invocation.invoke(realm.hooks.chain(hook), input, options, undefined, id));
    },
    session: (label: string) => {
      admit("hook.call:*");
      const opened = realm.sessions.start(label, id, () => void forget());
      const forget = scope.own(`session ${label}`, opened.close);
      return { close: opened.close, call: (hook: string, input: unknown, options?: CallOptions) => counted(() => opened.call(hook, input, options)) };
    },
    find: ({ id: service }: Token<unknown>): unknown => {
      admit(`service.find:${service}`);
      return realm.reconciler.service(service);
    },
    services: (prefix: string): readonly string[] => {
      admit(`service.find:${prefix}*`);
      return realm.reconciler.services().flatMap((service) => (service.id.startsWith(prefix) ? [service.id] : []));
    },
    can: (capability: string): boolean => grants.can(capability),
    require: (capability: string): void => grants.require(capability),
  };
  return Object.freeze(context) as unknown as PluginContext<Catalogue>;
}
