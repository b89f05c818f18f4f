import type { Activation } from "./activation.ts";
import { describeIssues } from "./answers.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createGrants, type Grants, type Policy } from "./capabilities.ts";
import { providedIds, requiredIds } from "./dependencies.ts";
import { KernelError, messageOf } from "./errors.ts";
import type { InstallOptions, PluginReport, PluginState } from "./kernel-types.ts";
import type { AnyPlugin, Tier } from "./plugin.ts";
import type { Realm } from "./realm.ts";

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
}

/** @throws CONFIG_INVALID */
export async function admit(realm: Realm, definition: AnyPlugin, options: InstallOptions, order: number, policy: Policy): Promise<Installed> {
  const { tier = "core", deny = [], config: given } = options;
  const { id } = definition.manifest;
  const grants = createGrants(definition.manifest, tier, deny, policy, (capability) => realm.changed(plugin, plugin.state, "denied", capability));
  const breaker = createBreaker(realm.limits.breaker, () => realm.platform.clock.elapsed());
  const config = await realm.inTime("CONFIG_INVALID", id, () => configure(definition, given));
  const plugin: Installed = { id, definition, tier, config, order, grants, breaker, faults: [], state: "installed" };
  return plugin;
}

async function configure({ config, manifest }: AnyPlugin, given: unknown): Promise<unknown> {
  if (!config) return given;
  const refused = (detail: string): KernelError => new KernelError("CONFIG_INVALID", { plugin: manifest.id, detail });
  const validated = async () => config["~standard"].validate(given ?? {});
  const result = await validated().catch((thrown: unknown) => Promise.reject(refused(messageOf(thrown))));
  if (result.issues) throw refused(describeIssues(result.issues));
  return result.value;
}

export const stateOf = (plugin: Installed): PluginState => (plugin.state === "active" && plugin.breaker.isOpen() ? "suspended" : plugin.state);

export function report(plugin: Installed, waitingFor: readonly string[]): PluginReport {
  const { id, tier, definition, activation, grants, faults, error } = plugin;
  const { version, title, description } = definition.manifest;
  const about = { id, version, tier, ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
  const services = { requires: requiredIds(definition), provides: providedIds(definition), waitingFor };
  const taps = Array.from(activation?.taps ?? [], ({ hook, phase }) => ({ hook, phase }));
  const capabilities = { granted: grants.granted, denied: grants.denied, used: Array.from(grants.used).sort() };
  const failure = error ? { error: { code: error.code, message: error.message } } : {};
  return { ...about, state: stateOf(plugin), ...services, taps, effects: activation?.effects() ?? [], capabilities, faults: faults.slice(), ...failure };
}
