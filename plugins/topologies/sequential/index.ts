import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.sequential`: one agent after another, each working on what the one before it made. */
export default topologyPlugin({
  id: "sequential",
  title: "Sequential",
  description: "One agent after another; each sees the task and the output before it.",
  load: async () => (await import("./sequential.ts")).sequential,
});
