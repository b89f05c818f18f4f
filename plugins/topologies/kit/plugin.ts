import { type AnyPlugin, definePlugin, type Json, token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import { executor, type Topology } from "./topology.ts";

/** The plugin of a topology: answers `task.topology` for its own id only, and provides its executor. */
export function topologyPlugin<Config, State extends Json>(topology: Topology<Config, State>, about: { title: string; description: string }): AnyPlugin {
  const service = topologyToken(topology.id);
  const Executor = token<TopologyExecutor>(service);
  return definePlugin({
    manifest: { id: `orrery.topology.${topology.id}`, version: "0.1.0", api: "^1.0", ...about },
    provides: [Executor],
    setup({ tap, provide }) {
      provide(Executor, executor(topology));
      tap("task.topology", (plan) => (plan.topology.id === topology.id ? { service } : undefined));
    },
  });
}
