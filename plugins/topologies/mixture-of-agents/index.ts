import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.mixture-of-agents`: layers of answers, each on all of the layer before it, and one who makes one of the last. */
export default topologyPlugin({
  id: "mixture-of-agents",
  title: "Mixture of agents",
  description: "Layers of answers, each layer on all answers of the one before it; an aggregator makes one of the last. Or one model sampled several times.",
  load: async () => (await import("./mixture-of-agents.ts")).mixtureOfAgents,
});
