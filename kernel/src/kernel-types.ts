import type { CallOptions, CallResult, Catalogue, HookSpec, InputOf, Phase } from "./hook-spec.ts";
import type { AnyPlugin, Clock, Disposer, HookSession, Log, Manifest, Random, Tier } from "./plugin.ts";
import type { Token } from "./token.ts";

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
}

/**
 * Times in ms. `drainMs` is how long what is leaving may still run (default 2,000), also each disposer; `activateMs` how long a setup may take (10,000).
 * `maxEffects` and `maxCalls` are what one plugin may hold and have in flight (10,000 each).
 * `breaker`: so many `faults` of a plugin in one hook within `windowMs` suspend it; after `probeMs` one call tries again (5, 60,000, 30,000).
 */
export interface Limits {
  readonly drainMs: number;
  readonly activateMs: number;
  readonly maxEffects: number;
  readonly maxCalls: number;
  readonly breaker: { readonly faults: number; readonly windowMs: number; readonly probeMs: number };
}

export interface InstallOptions {
  readonly tier?: Tier;
  readonly config?: unknown;
  /** Capabilities the operator takes away from what was requested. */
  readonly deny?: readonly string[];
}

export interface PluginReport extends Pick<Manifest, "id" | "version" | "title" | "description"> {
  readonly tier: Tier;
  readonly state: PluginState;
  readonly requires: readonly string[];
  readonly provides: readonly string[];
  readonly waitingFor: readonly string[];
  readonly taps: readonly { readonly hook: string; readonly phase: Phase }[];
  readonly effects: readonly string[];
  readonly capabilities: { readonly granted: readonly string[]; readonly denied: readonly string[]; readonly used: readonly string[] };
  readonly faults: readonly { readonly hook: string; readonly code: string; readonly message: string; readonly at: number }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** Why a hook's taps stand in the order they do. */
export interface HookExplanation extends Pick<HookSpec, "kind" | "doc" | "fault" | "deadlineMs"> {
  readonly hook: string;
  readonly taps: readonly { readonly plugin: string; readonly phase: Phase; readonly because: string; readonly state: PluginState }[];
}

/** One record of the tracing interceptor. `depth` is not kept: nest by `call`. Durations are ms. */
export interface HookTrace {
  readonly call: number;
  readonly session: string | undefined;
  readonly hook: string;
  readonly plugin: string | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
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

export interface Kernel<C extends Catalogue> {
  /** Queues the plugin; resolves once nothing more can change state. Throws KernelError for a manifest, order or cycle that cannot be. A plugin whose setup fails is reported `failed`, not thrown. */
  install(definition: AnyPlugin, options?: InstallOptions): Promise<PluginReport>;
  uninstall(id: string): Promise<void>;
  /** Two-phase: the new one is validated and loaded, the old drained and swapped; on failure the old one comes back and the error is thrown. */
  replace(definition: AnyPlugin, options?: InstallOptions): Promise<PluginReport>;
  suspend(id: string, reason: string): Promise<void>;
  resume(id: string): Promise<void>;
  call<N extends keyof C & string>(hook: N, input: InputOf<C[N]>, options?: CallOptions): CallResult<C[N]>;
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
