import { createKernel, token } from "@orrery/kernel";
import type { AnyPlugin } from "../define-plugin.ts";
import { OrreryError } from "../error.ts";
import { lifecycle } from "../lifecycle.ts";
import { testPlatform } from "../testing/test-platform.ts";
import { type TopologyExecutor, topologyToken } from "../topology.ts";

const [before = "", after = ""] = topologyToken("|").split("|");

/** `"mesh"` for the service `"orrery.topology.mesh@1"`; undefined for another service. */
export const topologyOfService = (service: string): string | undefined =>
  service.startsWith(before) && service.endsWith(after) ? service.slice(before.length, service.length - after.length) : undefined;

const serviceOf = (plugin: AnyPlugin): string => {
  const service = (plugin.provides ?? []).map(({ id }) => id).find((id) => topologyOfService(id) !== undefined);
  if (service !== undefined) return service;
  throw new OrreryError("TOPOLOGY_NONE", `The plugin "${plugin.manifest.id}" provides no topology.`, {
    todo: `Let it provide a service "${topologyToken("<its id>")}".`,
  });
};
/** The id of the topology a plugin provides; throws TOPOLOGY_NONE. */
export const topologyIdOf = (plugin: AnyPlugin): string => topologyOfService(serviceOf(plugin)) ?? "";

/** The executor of a plugin, from a kernel that holds it, those besides it, and nothing else. */
export async function executorOf(plugin: AnyPlugin, besides: readonly AnyPlugin[]): Promise<TopologyExecutor> {
  const kernel = createKernel({ hooks: lifecycle, platform: testPlatform(1) });
  for (const other of besides) await kernel.install(other, { tier: "core" });
  const report = await kernel.install(plugin, { tier: "core" });
  const executor = kernel.service(token<TopologyExecutor>(serviceOf(plugin)));
  if (executor) return executor;
  throw new OrreryError("TOPOLOGY_NONE", `The plugin "${plugin.manifest.id}" did not start: ${report.error?.message ?? report.state}.`, {
    todo: "Correct its setup.",
  });
}
