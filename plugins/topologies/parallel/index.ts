import { topologyPlugin } from "../kit/index.ts";
import { parallel } from "./parallel.ts";

/** `orrery.topology.parallel`: everybody at once and independently, then one outcome of all answers. */
export default topologyPlugin(parallel, {
  title: "Parallel",
  description: "Everybody at once on the same view; the answers are then joined, voted on, or reduced by an agent.",
});
