import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.forest`: trees of experts, of which those work that the task is for. */
export default topologyPlugin({
  id: "forest",
  title: "Forest",
  description: "Trees of experts: the best for the task work, each from its root down to an expert, and their results become one. The others are not called.",
  load: async () => (await import("./forest.ts")).forest,
});
