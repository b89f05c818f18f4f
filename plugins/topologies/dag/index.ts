import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.dag`: a graph of agents, each starting the moment those it hears are done. */
export default topologyPlugin({
  id: "dag",
  title: "Graph",
  description: "Agents in a directed graph without circles; each starts the moment those it hears are done.",
  load: async () => (await import("./dag.ts")).dag,
});
