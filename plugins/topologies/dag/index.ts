import { topologyPlugin } from "../kit/index.ts";
import { dag } from "./dag.ts";

/** `orrery.topology.dag`: a graph of agents, each starting the moment those it hears are done. */
export default topologyPlugin(dag, {
  title: "Graph",
  description: "Agents in a directed graph without circles; each starts the moment those it hears are done.",
});
