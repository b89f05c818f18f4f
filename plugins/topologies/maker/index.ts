import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.maker`: a long task in the smallest steps, with a vote on each. */
export default topologyPlugin({
  id: "maker",
  title: "Maker",
  description: "A long task taken apart into its smallest steps; each is voted on until one answer is far enough ahead.",
  load: async () => (await import("./maker.ts")).maker,
});
