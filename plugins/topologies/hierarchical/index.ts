import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.hierarchical`: managers who plan, delegate and integrate, and workers who see their own subtask only. */
export default topologyPlugin({
  id: "hierarchical",
  title: "Hierarchical",
  description: "A manager plans who does what, each worker sees its own subtask only, and the manager integrates; trees of any depth.",
  load: async () => (await import("./hierarchical.ts")).hierarchical,
});
