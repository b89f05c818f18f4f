import type { Activation } from "./activation.ts";
import type { Breaker } from "./breaker.ts";
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
  readonly faults: { hook: string; code: string; message: string; at: number }[];
  state: PluginState;
  activation: Activation | undefined;
  error: KernelError | undefined;
}

export function requiredIds(plugin: AnyPlugin): string[] {
  return Object.values(plugin.requires ?? {}).map((token) => token.id);
}

export function providedIds(plugin: AnyPlugin): string[] {
  return (plugin.provides ?? []).map((token) => token.id);
}

export function report(plugin: Installed, waitingFor: readonly string[]): PluginReport {
  const { manifest } = plugin.definition;
  return {
    id: plugin.id,
    version: manifest.version,
    ...(manifest.title === undefined ? {} : { title: manifest.title }),
    ...(manifest.description === undefined ? {} : { description: manifest.description }),
    tier: plugin.tier,
    state: plugin.state === "active" && plugin.breaker.open ? "suspended" : plugin.state,
    requires: requiredIds(plugin.definition),
    provides: providedIds(plugin.definition),
    waitingFor,
    taps: plugin.activation?.taps.map(({ hook, phase }) => ({ hook, phase })) ?? [],
    effects: plugin.activation?.scope.labels ?? [],
    capabilities: { granted: plugin.grants.granted, denied: plugin.grants.denied, used: Array.from(plugin.grants.used).sort() },
    faults: plugin.faults.slice(),
    ...(plugin.error ? { error: { code: plugin.error.code, message: plugin.error.message } } : {}),
  };
}
