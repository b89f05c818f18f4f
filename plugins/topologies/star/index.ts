import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.star`: a hub that hands out the work and brings it together; spokes hear the hub only. */
export default topologyPlugin({
  id: "star",
  title: "Star",
  description: "A hub splits the task, each of the others gets its message only, and the hub brings the results together.",
  load: async () => (await import("./star.ts")).star,
});
