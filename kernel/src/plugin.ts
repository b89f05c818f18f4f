/// <reference path="./globals.d.ts" />
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CallOptions, CallResult, Catalogue, InputOf, TapFn, TapOrder } from "./hook-spec.ts";
import type { Json } from "./portable.ts";
import type { Token } from "./token.ts";

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

/** Calls hooks as they stood when it was opened: the order and versions a running task keeps. Taps of plugins suspended or revoked since are skipped (in a guard: denied). */
export interface HookSession<C extends Catalogue> {
  call<N extends keyof C & string>(hook: N, input: InputOf<C[N]>, options?: CallOptions): CallResult<C[N]>;
  close(): void;
}

/** What `setup` receives. Everything made through it belongs to the plugin's scope and goes with it. */
export interface PluginContext<C extends Catalogue, R extends Tokens = Tokens, Config = unknown> {
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
  /** Calls a hook; needs the capability `hook.call:<hook>`. */
  call<N extends keyof C & string>(hook: N, input: InputOf<C[N]>, options?: CallOptions): CallResult<C[N]>;
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
export interface AnyPlugin extends Omit<PluginDefinition, "setup"> {
  setup(context: never): void | Promise<void>;
}
