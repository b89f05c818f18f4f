import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.mesh`: peers who answer at once, round after round, hearing one another of the round before. */
export default topologyPlugin({
  id: "mesh",
  title: "Mesh",
  description: "Peers answer at once, round after round, each hearing its peers of the round before, until nobody changes or enough agree.",
  load: async () => (await import("./mesh.ts")).mesh,
});
