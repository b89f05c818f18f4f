import type { Activation } from "./activation.ts";
import type { Breaker } from "./breaker.ts";
import type { TapEntry } from "./call.ts";
import type { Grants } from "./capabilities.ts";
import type { KernelError } from "./errors.ts";
import type { PluginReport, PluginState } from "./kernel-types.ts";
import type { AnyPlugin, Tier } from "./plugin.ts";

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
  /** Guard taps of its last activation, left in their hooks while it cannot run: a guard that is down denies. */
  stale: readonly TapEntry[];
}

export const requiredIds = (plugin: AnyPlugin): string[] => Object.values(plugin.requires ?? {}).map((token) => token.id);
export const providedIds = (plugin: AnyPlugin): string[] => (plugin.provides ?? []).map((token) => token.id);
export const stateOf = (plugin: Installed): PluginState => (plugin.state === "active" && plugin.breaker.isOpen() ? "suspended" : plugin.state);

export function report(plugin: Installed, waitingFor: readonly string[]): PluginReport {
  const { id, tier, definition, activation, grants, faults, error } = plugin;
  const { version, title, description } = definition.manifest;
  return {
    id,
    version,
    tier,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    state: stateOf(plugin),
    requires: requiredIds(definition),
    provides: providedIds(definition),
    waitingFor,
    taps: Array.from(activation?.taps ?? [], ({ hook, phase }) => ({ hook, phase })),
    effects: activation?.effects() ?? [],
    capabilities: { granted: grants.granted, denied: grants.denied, used: Array.from(grants.used).sort() },
    faults: faults.slice(),
    ...(error ? { error: { code: error.code, message: error.message } } : {}),
  };
}
