/// <reference path="./globals.d.ts" />
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CallOptions, CallResult, Catalogue, HookSpec, InputOf, Phase, TapFn, TapOrder } from "./hook-spec.ts";

export type * from "./hook-spec.ts";

/**
 * Plain data: what may cross a hook, a worker or a sandbox. Structured-cloneable, no functions, no class instances.
 * `Portable<T>` is `T` where `T` is plain data and `never` at the first member that is not.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

type Plain = null | undefined | boolean | number | bigint | string | Uint8Array | Float32Array;

export type Portable<T> = T extends Plain ? T : T extends (...args: never[]) => unknown ? never : T extends symbol ? never : { [K in keyof T]: Portable<T[K]> };

declare const carries: unique symbol;

/** A service's identity: a string with a major version, so that two bundled copies of one token are the same token. */
export type Token<out T> = { readonly id: string; readonly [carries]?: T };

const shape = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+@[1-9]\d*$/;

/**
 * @example
 * const Ledger = token<{ spent(run: string): number }>("orrery.ledger@1");
 * @throws TypeError when the id is not `author.name@major`.
 */
export function token<T>(id: string): Token<T> {
  if (!shape.test(id)) throw new TypeError(`"${id}" is not a token id: write author.name@major, as "orrery.ledger@1"`);
  return Object.freeze({ id });
}

export type Tier = "core" | "trusted" | "community";

/** Readable without running code: what hosts, stores and people decide by. */
export interface Manifest {
  /** Reverse-domain or `author.name`, lower case; the identity that order, faults, costs and grants refer to. */
  readonly id: string;
  readonly version: string;
  /** The SDK's API range, as `"^1.0"`. */
  readonly api: string;
  readonly title?: string;
  readonly description?: string;
  readonly capabilities?: readonly (string | { readonly name: string; readonly reason: string })[];
}

export type Tokens = { readonly [name: string]: Token<unknown> };
export type Services<R extends Tokens> = { readonly [K in keyof R]: R[K] extends Token<infer T> ? T : never };

export type Disposer = () => void | Promise<void>;

export interface Clock {
  /** Wall clock, ms since the epoch. */
  now(): number;
  /** Monotonic, ms, for durations. */
  elapsed(): number;
  /** Resolves after `ms`, rejects when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A sortable unique id with a prefix: `run_01j…`. */
  id(prefix: string): string;
}

export type Log = { readonly [level in "debug" | "info" | "warn" | "error"]: (message: string, data?: Json) => void };

/** The way to call a hook: input and result follow from its name. */
export type Calls<C extends Catalogue> = { call<N extends keyof C & string>(hook: N, input: InputOf<C[N]>, options?: CallOptions): CallResult<C[N]> };

/** Calls hooks as they stood when it was opened: the order and versions a running task keeps. Taps of plugins suspended or revoked since are skipped (in a guard: denied). */
export interface HookSession<C extends Catalogue> extends Calls<C> {
  /** Whether anybody taps it. A call that nobody taps comes to its input, an empty list or nothing (a guard's to what its spec says), and may be left out. */
  tapped(hook: keyof C & string): boolean;
  /** What its calls came to so far, by hook. */
  readonly tally: ReadonlyMap<string, HookTally>;
  close(): void;
}

/** Calls of a hook that have ended, the ms from call to end summed, and how many of them failed. */
export type HookTally = Readonly<Record<"calls" | "totalMs" | "errors", number>>;

/** What `setup` receives. Everything made through it belongs to the plugin's scope and goes with it. `call` needs the capability `hook.call:<hook>`. */
export interface PluginContext<C extends Catalogue, R extends Tokens = Tokens, Config = unknown> extends Calls<C> {
  readonly plugin: { readonly id: string; readonly version: string; readonly tier: Tier };
  readonly use: Services<R>;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  tap<N extends keyof C & string>(hook: N, fn: TapFn<C[N]>, order?: TapOrder): Disposer;
  /** Offers a service under a token the definition lists in `provides`. */
  provide<T>(token: Token<T>, service: T): Disposer;
  /** Opens a sub-scope whenever all the optional services are there and closes it when one goes. */
  when<W extends Tokens>(tokens: W, open: (context: PluginContext<C, R & W, Config>) => void | Promise<void>): Disposer;
  /** Ties an effect's undo to the scope, under a label `inspect()` shows. */
  own(label: string, dispose: Disposer): Disposer;
  /** Freezes the hooks for one task; needs `hook.call:*`. `label` names it in traces (the run id). */
  session(label: string): HookSession<C>;
  /** A service looked up by a name known only at run time (a topology, an engine); needs the capability `service.find:<token id>`. Undefined while nobody provides it. */
  find<T>(token: Token<T>): T | undefined;
  /** Ids of the services provided now under a prefix, sorted; needs `service.find:<prefix>*`. */
  services(prefix: string): readonly string[];
  /** True when the capability was granted; `require` throws CAPABILITY_DENIED instead and records the denial. */
  can(capability: string): boolean;
  require(capability: string): void;
}

/** A plugin as its author writes it; `definePlugin` of the SDK is the typed way to make one. */
export interface PluginDefinition<C extends Catalogue = Catalogue, R extends Tokens = Tokens, Config = unknown> {
  readonly manifest: Manifest;
  readonly config?: StandardSchemaV1<unknown, Config>;
  readonly requires?: R;
  readonly provides?: readonly Token<unknown>[];
  setup(context: PluginContext<C, R, Config>): void | Promise<void>;
}

/** Any plugin definition, whatever it requires and however it is configured: what `install` takes. */
export type AnyPlugin = Omit<PluginDefinition, "setup"> & { setup(context: never): void | Promise<void> };

export type PluginState = "discovered" | "installed" | "waiting" | "activating" | "active" | "deactivating" | "failed" | "suspended" | "rejected";

/** What the kernel takes from its host instead of the realm it runs in. Replace them and a run replays. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** One timer, used by the deadline wheel and breakers. Returns its cancel. */
  timer(ms: number, fire: () => void): () => void;
}

export interface KernelOptions<C extends Catalogue> {
  readonly hooks: C;
  readonly platform: Platform;
  /** Granted = requested ∩ policy ∩ the tier's ceiling. Default: everything the tier may have. */
  readonly policy?: (request: { plugin: string; tier: Tier; capability: string }) => boolean;
  readonly limits?: Partial<Limits>;
  /** Tiers whose plugins are taken at their word: what they hand to a hook and answer is not held against its schema, guards' answers excepted. Default none. */
  readonly unchecked?: readonly Tier[];
}

/**
 * Times in ms. `drainMs` is how long what is leaving may still run (default 2,000), also each disposer; `activateMs` how long a setup may take (10,000).
 * `maxEffects` and `maxCalls` are what one plugin may hold and have in flight (10,000 each).
 * `breaker`: so many `faults` of a plugin in one hook within `windowMs` suspend it; after `probeMs` one call tries again (5, 60,000, 30,000).
 */
export interface Limits extends Readonly<Record<"drainMs" | "activateMs" | "maxEffects" | "maxCalls", number>> {
  readonly breaker: Readonly<Record<"faults" | "windowMs" | "probeMs", number>>;
}

/** `deny`: capabilities the operator takes away from what was requested. */
export type InstallOptions = { readonly tier?: Tier; readonly config?: unknown; readonly deny?: readonly string[] };

type Lists<K extends string> = { readonly [name in K]: readonly string[] };

export interface PluginReport extends Pick<Manifest, "id" | "version" | "title" | "description">, Lists<"requires" | "provides" | "waitingFor" | "effects"> {
  readonly tier: Tier;
  readonly state: PluginState;
  readonly taps: readonly { readonly hook: string; readonly phase: Phase }[];
  readonly capabilities: Lists<"granted" | "denied" | "used">;
  readonly faults: readonly { readonly hook: string; readonly code: string; readonly message: string; readonly at: number }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** Why a hook's taps stand in the order they do. */
export interface HookExplanation extends Pick<HookSpec, "kind" | "doc" | "fault" | "deadlineMs"> {
  readonly hook: string;
  readonly taps: readonly { readonly plugin: string; readonly phase: Phase; readonly because: string; readonly state: PluginState }[];
}

/** One record of the tracing interceptor. `depth` is not kept: nest by `call`. Durations are ms. */
export interface HookTrace extends Readonly<Record<"call" | "startedAt" | "durationMs", number> & Record<"session" | "plugin", string | undefined>> {
  readonly hook: string;
  readonly outcome: "result" | "silent" | "error" | "skipped";
  readonly code?: string;
}

/** A plugin's change of state, or a denial; what `kernel.plugin` carries. */
export interface PluginChange {
  readonly plugin: string;
  readonly version: string;
  readonly from: PluginState | undefined;
  readonly to: PluginState | "gone" | "denied";
  readonly detail?: string;
  readonly at: number;
}

export interface Kernel<C extends Catalogue> extends Calls<C> {
  /** Queues the plugin; resolves once nothing more can change state. Throws KernelError for a manifest, order or cycle that cannot be. A plugin whose setup fails is reported `failed`, not thrown. */
  install(definition: AnyPlugin, options?: InstallOptions): Promise<PluginReport>;
  uninstall(id: string): Promise<void>;
  /** Two-phase: the new one is validated and loaded, the old drained and swapped; on failure the old one comes back and the error is thrown. */
  replace(definition: AnyPlugin, options?: InstallOptions): Promise<PluginReport>;
  suspend(id: string, reason: string): Promise<void>;
  resume(id: string): Promise<void>;
  session(label: string): HookSession<C>;
  /** The service, or undefined while nobody provides it. For hosts; plugins say `requires`. */
  service<T>(token: Token<T>): T | undefined;
  explain(hook: string): HookExplanation;
  inspect(): { readonly plugins: readonly PluginReport[]; readonly services: readonly { id: string; by: string }[]; readonly hooks: readonly string[] };
  /** Off until the first listener; then one record a tap and one a call. */
  trace(listener: (record: HookTrace) => void): Disposer;
  /** Told of every state change and denial, also outside `kernel.plugin`. */
  onChange(listener: (change: PluginChange) => void): Disposer;
  /** Deactivates everything in reverse order of activation; collects errors into one AggregateError. Idempotent. */
  close(): Promise<void>;
}
