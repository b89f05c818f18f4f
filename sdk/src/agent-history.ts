import { OrreryError } from "./error.ts";
import type { EpisodicMemory, Recalled } from "./memory.ts";
import { type AgentDigest, digestsOf, type DigestSources, type RunDigest } from "./run-digest.ts";

/** What an agent did in one run. */
export interface AgentRun extends Omit<AgentDigest, "id" | "role" | "skill" | "tools" | "answers"> {
  run: string;
  startedAt: number;
  task: string;
  status: string;
}
/** An agent by its name in its team, over all the runs it took part in, newest first. */
export interface AgentHistory {
  /** `team/agent`. */
  name: string;
  team: string;
  id: string;
  role: string;
  skill: string;
  runs: AgentRun[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** An agent with how much it remembers. */
export interface AgentRecord extends AgentHistory {
  episodes: number;
}
/** … and what. */
export interface AgentDetail extends AgentRecord {
  memory: Recalled[];
}
/** What a host reads agents from. */
export interface AgentSources extends DigestSources {
  memory: Pick<EpisodicMemory, "agents" | "list" | "forget" | "forgetAgent"> | undefined;
}

/** Every agent of the last `limit` runs of a workspace, and every one that remembers something. */
export async function agentRecords(sources: AgentSources, { workspace, limit = 200 }: { workspace: string; limit?: number }): Promise<AgentRecord[]> {
  const digests = await digestsOf(sources, await sources.journal.runs({ limit, workspace }));
  const episodes = new Map(((await sources.memory?.agents({ workspace })) ?? []).map((one) => [one.agent, one.episodes] as const));
  const seen = agentHistories(digests).map((agent): AgentRecord => ({ ...agent, episodes: episodes.get(agent.name) ?? 0 }));
  const others = [...episodes].filter(([name]) => !seen.some((agent) => agent.name === name));
  return [...seen, ...others.map(([name, count]): AgentRecord => ({ ...named(name), role: "", skill: "", runs: [], episodes: count }))];
}

/** One of them with what it remembers, by `team/agent`, or by the agent's name alone where one team has it. Throws AGENT_UNKNOWN, AGENT_AMBIGUOUS. */
export async function agentDetail(sources: AgentSources, name: string, query: { workspace: string; limit?: number }): Promise<AgentDetail> {
  const all = await agentRecords(sources, query);
  const found = all.filter((agent) => agent.name === name || agent.id === name);
  const [agent, other] = found;
  if (!agent)
    throw new OrreryError("AGENT_UNKNOWN", `no agent "${name.slice(0, 300)}" took part in the last runs, or remembers anything`, {
      todo: `There are: ${
        all
          .slice(0, 20)
          .map((each) => each.name)
          .join(", ") || "none"
      }.`,
    });
  if (other)
    throw new OrreryError("AGENT_AMBIGUOUS", `several teams have an agent "${name}": ${found.map((each) => each.name).join(", ")}`, {
      todo: "Name it with its team, as one of these.",
    });
  return { ...agent, memory: (await sources.memory?.list({ workspace: query.workspace, agent: agent.name })) ?? [] };
}

/** Forgets all it remembers, or one episode of it; how many that were. Throws AGENT_UNKNOWN, AGENT_AMBIGUOUS, EPISODE_UNKNOWN. */
export async function forgetAgent(sources: AgentSources, name: string, query: { workspace: string; limit?: number }, episode?: string): Promise<number> {
  const { name: agent, memory } = await agentDetail(sources, name, query);
  if (episode === undefined) return (await sources.memory?.forgetAgent({ workspace: query.workspace, agent })) ?? 0;
  if (memory.some(({ id }) => id === episode) && (await sources.memory?.forget(episode))) return 1;
  throw new OrreryError("EPISODE_UNKNOWN", `${agent} does not remember "${episode.slice(0, 100)}"`, { todo: "`orrery agents show` lists what it remembers." });
}

/** Agents' names have no slash, those of teams may. */
const named = (name: string): Pick<AgentHistory, "name" | "team" | "id"> => ({
  name,
  team: name.slice(0, name.lastIndexOf("/")),
  id: name.slice(name.lastIndexOf("/") + 1),
});

/** What all runs of an agent come to; `score` is the mean of those that were judged. */
export function agentTotals(runs: readonly AgentRun[]): { runs: number; calls: number; microUsd: number; score?: number; lastAt: number } {
  const scores = runs.flatMap(({ score }) => score ?? []);
  const sum = (of: (run: AgentRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    runs: runs.length,
    calls: sum(({ calls }) => calls),
    microUsd: sum(({ microUsd }) => microUsd),
    ...(scores.length > 0 ? { score: mean(scores) } : {}),
    lastAt: Math.max(0, ...runs.map(({ startedAt }) => startedAt)),
  };
}

/** One row an agent. `digests` are of runs, newest first. */
function agentHistories(digests: readonly RunDigest[]): AgentHistory[] {
  const found = new Map<string, AgentHistory>();
  for (const { run, startedAt, task, status, team, agents } of digests) {
    for (const { id, role, skill, tools: _, answers: __, ...did } of agents) {
      const name = `${team}/${id}`;
      const known = found.get(name) ?? { name, team, id, role, skill, runs: [] };
      known.runs.push({ run, startedAt, task, status, ...did });
      found.set(name, known);
    }
  }
  return [...found.values()];
}
