import { type CallPrediction, OrreryError, type Plan, type Team, token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import type { Host } from "../boot.ts";

/** What the topology says of a team, without a run. */
export interface TopologyAnswer {
  id: string;
  /** What is wrong, each beginning with its place in the config, as `config.edges[0].from: …`. The rest is there when nothing is. */
  problems: string[];
  predicted?: CallPrediction;
  edges?: { from: string; to: string }[];
}

/** Asks the team's topology (or the one named) whether it can run this team. Throws TOPOLOGY_UNKNOWN. */
export async function askTopology(host: Host, team: Team, id = team.topology?.id ?? "sequential"): Promise<TopologyAnswer> {
  const config = id === team.topology?.id ? team.topology.config : {};
  const answered = await host.kernel.call("task.topology", planOf(team, { id, config }));
  const executor = answered && host.kernel.service(token<TopologyExecutor>(answered.value.service));
  if (!executor) {
    const [before = "", after = ""] = topologyToken("\0").split("\0");
    const known = host.kernel
      .inspect()
      .plugins.flatMap(({ provides }) => provides)
      .filter((service) => service.startsWith(before) && service.endsWith(after))
      .map((service) => service.slice(before.length, service.length - after.length));
    throw new OrreryError("TOPOLOGY_UNKNOWN", `There is no topology "${id}". There are: ${known.join(", ") || "none"}.`, { todo: "Choose one of these." });
  }
  const problems = await executor.check(team, config);
  if (problems.length > 0) return { id, problems };
  return { id, problems, predicted: await executor.predictCalls(team, config), edges: await executor.edges(team, config) };
}

/** A plan in which nothing but the team and its topology says anything. */
function planOf(team: Team, topology: Plan["topology"]): Plan {
  const spending = { allowed: false, capNano: 0, why: "nothing is run" };
  const task = { id: "task", run: "check", thread: "check", text: team.name, documents: [], criteria: [], constraints: { spending } };
  return {
    task: { ...task, actor: "check", workspace: "check", createdAt: 0 },
    team,
    topology,
    given: { team: true, topology: true },
    recalled: [],
    thread: [],
    notes: [],
  };
}
