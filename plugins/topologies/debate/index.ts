import { topologyPlugin } from "../kit/plugin.ts";

/** `orrery.topology.debate`: independent answers, rounds in which each hears the others, then a vote or a judge. */
export default topologyPlugin({
  id: "debate",
  title: "Debate",
  description: "Everybody answers alone, then hears the others and answers again; a vote or a judge decides. The vote before any debate is reported beside it.",
  load: async () => (await import("./debate.ts")).debate,
});
