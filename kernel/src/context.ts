import type { Activation, When } from "./activation.ts";
import type { TapEntry } from "./invocation.ts";
import { type ErrorCode, KernelError } from "./errors.ts";
import type { CallOptions, Catalogue, Disposer, PluginContext, TapOrder, Token, Tokens } from "./contract.ts";
import type { Realm } from "./realm.ts";
import type { Scope } from "./scope.ts";

/** What a plugin's setup, and each `when` of it, is handed. Everything made through it belongs to `scope`. */
export function makeContext(realm: Realm, activation: Activation, scope: Scope, use: { readonly [name: string]: unknown }): PluginContext<Catalogue> {
  const { id, tier, config, grants, breaker, definition } = activation.plugin;
  const { platform, hooks, invocation, sessions } = realm;
  const { clock, random, log } = platform;
  const refuse = (code: ErrorCode, detail: string): never => {
    throw new KernelError(code, { plugin: id, detail });
  };
  /** Registers an effect and its undo as one; nothing is registered in a scope that is closed. */
  const effect = (label: string, register: () => Disposer): Disposer => {
    scope.assertOpen();
    return scope.own(label, register());
  };
  const shifted = (): void => {
    if (activation.isCommitted()) realm.reconsider();
  };
  const admit = (capability: string): void => {
    scope.assertOpen();
    if (breaker.isHeld()) refuse("PLUGIN_SUSPENDED", capability);
    grants.require(capability);
  };
  const origin = { owner: activation };
  const plugin = Object.freeze({ id, version: definition.manifest.version, tier });
  const given = { plugin, use: Object.freeze(use), config, signal: scope.signal, log, clock, random };
  const context = {
    ...given,
    tap: (hook: string, fn: TapEntry["fn"], { phase = "main", before = [], after = [] }: TapOrder = {}): Disposer =>
      effect(`tap ${hook}`, () => {
        if (typeof fn !== "function") refuse("TAP_INVALID", `${hook} is tapped with ${typeof fn}`);
        return activation.addTap({ hook, fn, phase, before, after });
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
        const when: When = { ids, open: (sub) => open(makeContext(realm, activation, sub, { ...use, ...activation.use(tokens) }) as never) };
        activation.whens.add(when);
        shifted();
        return async () => {
          activation.whens.delete(when);
          await when.scope?.close();
        };
      });
    },
    own: scope.own,
    call: (hook: string, input: unknown, options?: CallOptions): unknown =>
      hooks.calling(hook, () => {
        admit(`hook.call:${hook}`);
        return invocation.invoke(hooks.chain(hook), input, options, origin);
      }),
    session: (label: string) => {
      admit("hook.call:*");
      const session = sessions.start(label, activation);
      return { ...session, close: scope.own(`session ${label}`, session.close) };
    },
    find: ({ id: service }: Token<unknown>): unknown => {
      admit(`service.find:${service}`);
      return realm.service(service);
    },
    services: (prefix: string): readonly string[] => {
      admit(`service.find:${prefix}*`);
      return realm.services().flatMap((service) => (service.id.startsWith(prefix) ? [service.id] : []));
    },
    can: grants.can,
    require: grants.require,
  };
  return Object.freeze(context) as unknown as PluginContext<Catalogue>;
}
