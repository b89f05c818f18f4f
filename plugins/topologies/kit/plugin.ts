import { type AnyPlugin, definePlugin, Embeddings, type Json, optional, token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import type { Topology } from "./topology.ts";

/** What a host must know of a topology before anyone asks for it; the rest is loaded then. */
export interface TopologyEntry<Config, State extends Json> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly load: () => Promise<Topology<Config, State>>;
}

/** The plugin of a topology: answers `task.topology` for its own id only, and provides its executor, which is loaded when it is first asked something. */
export function topologyPlugin<Config, State extends Json>({ id, title, description, load }: TopologyEntry<Config, State>): AnyPlugin {
  const service = topologyToken(id);
  const Executor = token<TopologyExecutor>(service);
  return definePlugin({
    manifest: { id: `orrery.topology.${id}`, version: "0.1.0", api: "^1.0", title, description },
    provides: [Executor],
    setup({ tap, provide, when }) {
      const embeddings = optional(when, Embeddings);
      let opened: Promise<TopologyExecutor> | undefined;
      const open = (): Promise<TopologyExecutor> => {
        opened ??= Promise.all([import("./topology.ts"), load()])
          .then(([{ executor }, topology]) => executor(topology, async (texts) => embeddings()?.embed(texts)))
          .catch((error: unknown) => {
            opened = undefined;
            throw error;
          });
        return opened;
      };
      provide(Executor, {
        check: async (team, config) => (await open()).check(team, config),
        predictCalls: async (team, config) => (await open()).predictCalls(team, config),
        edges: async (team, config) => (await open()).edges(team, config),
        start: async (team, config, task) => (await open()).start(team, config, task),
        next: async (state, settled) => (await open()).next(state, settled),
      });
      tap("task.topology", (plan) => (plan.topology.id === id ? { service } : undefined));
    },
  });
}
