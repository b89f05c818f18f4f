import type { Activation } from "./activation.ts";
import type { Composition } from "./container.ts";
import type { Deadlines } from "./deadlines.ts";
import type { KernelError } from "./errors.ts";
import type { Hooks } from "./hooks.ts";
import type { Installed } from "./installed.ts";
import type { Platform, PluginChange } from "./kernel-types.ts";
import type { Sessions } from "./sessions.ts";

/** What the parts of one kernel share. */
export interface KernelRealm {
  readonly platform: Platform;
  readonly deadlines: Deadlines;
  readonly hooks: Hooks;
  readonly sessions: Sessions;
  readonly limits: Limits;
  compose(): Composition;
  /** The activation that offers the service now. */
  providerOf(id: string): Activation | undefined;
  /** Looks again at what can be activated, once the queue gets there. */
  reconsider(): void;
  blame(plugin: Installed, hook: string, error: KernelError): void;
  changed(plugin: Installed, from: PluginChange["from"], to: PluginChange["to"], detail?: string): void;
}

/** Times in ms. */
export interface Limits {
  readonly drainMs: number;
  readonly activateMs: number;
  readonly maxEffects: number;
  readonly maxCalls: number;
  readonly breaker: { readonly faults: number; readonly windowMs: number; readonly probeMs: number };
}
