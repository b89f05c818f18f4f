import {
  type CallPrediction,
  OrreryError,
  type PluginContext,
  type Plan,
  type RunRequest,
  type ThreadTurn,
  token,
  type TopologyExecutor,
  topologyToken,
} from "@orrery/sdk";
import type { Ready, RunScope } from "./run-scope.ts";

const prefix = topologyToken("").replace(/@1$/, "");

export interface Planned extends Ready {
  readonly executor: TopologyExecutor;
  readonly predicted: CallPrediction;
  readonly edges: { from: string; to: string }[];
}

/** The draft every planner starts from: one agent for everything. */
function draft(scope: Pick<RunScope, "task">, request: RunRequest, collection: string | undefined, thread: ThreadTurn[]): Plan {
  const { task } = scope;
  const topology = task.constraints.topology ?? request.team?.topology?.id;
  return {
    task,
    team: request.team ?? {
      name: "one agent",
      agents: [{ id: "analyst", role: "analyst", skill: "write", prompt: "Answer the task from the material you are given.", tools: [], memory: false }],
    },
    topology: { id: topology ?? "sequential", config: (topology === request.team?.topology?.id && request.team?.topology?.config) || {} },
    given: { team: request.team !== undefined, topology: topology !== undefined },
    ...(collection ? { collection } : {}),
    recalled: [],
    thread,
    notes: [],
  };
}

/** Asks the planners, finds the topology, and makes sure it can run this team before anything is paid for. */
export async function planTask(
  scope: Pick<RunScope, "task" | "hooks" | "signal">,
  request: RunRequest,
  context: Pick<PluginContext, "find" | "services">,
  collection: string | undefined,
  thread: ThreadTurn[],
): Promise<Planned> {
  const { agents: most } = scope.task.constraints;
  if (request.team && most !== undefined && request.team.agents.length > most) {
    throw new OrreryError("TEAM_TOO_LARGE", `The team "${request.team.name}" has ${request.team.agents.length} agents, and at most ${most} were asked for.`, {
      todo: "Raise --agents or shorten the team file.",
    });
  }
  const plan = await scope.hooks.call("task.plan", draft(scope, request, collection, thread), { signal: scope.signal });
  const answered = await scope.hooks.call("task.topology", plan, { signal: scope.signal });
  const executor = answered && context.find(token<TopologyExecutor>(answered.value.service));
  if (!answered || !executor) {
    const known = context.services(prefix).map((id) => id.slice(prefix.length).replace(/@\d+$/, ""));
    throw new OrreryError("TOPOLOGY_UNKNOWN", `There is no topology "${plan.topology.id}". There are: ${known.join(", ") || "none"}.`, {
      todo: "Choose one of these with --topology.",
    });
  }
  const wrong = await executor.check(plan.team, plan.topology.config);
  if (wrong.length > 0)
    throw new OrreryError("TOPOLOGY_CONFIG", `Topology "${plan.topology.id}" cannot run the team "${plan.team.name}": ${wrong.join("; ")}`, {
      todo: "Correct the team file's topology section.",
    });
  return {
    plan,
    executor,
    topologyPlugin: answered.plugin,
    predicted: await executor.predictCalls(plan.team, plan.topology.config),
    edges: await executor.edges(plan.team, plan.topology.config),
  };
}
