import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.grid`: cells that hear their neighbours round after round; or agents times tasks. */
export default topologyPlugin({
  id: "grid",
  title: "Grid",
  description: "Cells that answer at once and hear their neighbours of the round before; then rows, then columns become one. Or a matrix of agents and tasks.",
  load: async () => (await import("./grid.ts")).grid,
});
