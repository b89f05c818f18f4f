import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.parallel`: everybody at once and independently, then one outcome of all answers. */
export default topologyPlugin({
  id: "parallel",
  title: "Parallel",
  description: "Everybody at once on the same view; the answers are then joined, voted on, or reduced by an agent.",
  load: async () => (await import("./parallel.ts")).parallel,
});
