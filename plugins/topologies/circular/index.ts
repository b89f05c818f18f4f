import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.circular`: a ring in which each works on what the one before it made, lap after lap. */
export default topologyPlugin({
  id: "circular",
  title: "Circular",
  description: "A ring: each agent works on what the one before it made, lap after lap, until a lap changes nothing.",
  load: async () => (await import("./circular.ts")).circular,
});
