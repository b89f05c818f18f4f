import { nanoToMicro } from "./brands.ts";
import { costOf } from "./cost-projection.ts";
import { OrreryError } from "./error.ts";
import { type EventData, type EventType, typed } from "./events.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { EpisodicMemory, Recalled } from "./memory.ts";

/** What an agent did in one run. */
export interface AgentRun {
  run: string;
  startedAt: number;
  task: string;
  status: string;
  model: string;
  steps: number;
  failed: number;
  calls: number;
  microUsd: number;
  /** Judges' mean over its outputs, 0–1; absent when nobody judged it. */
  score?: number;
  rejected: number;
  /** Earlier tasks whose memory its outputs say they used. */
  memories: string[];
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
export interface AgentSources {
  journal: Pick<Journal, "runs" | "read">;
  memory: Pick<EpisodicMemory, "agents" | "list" | "forget" | "forgetAgent"> | undefined;
}

/** Every agent of the last `limit` runs of a workspace, and every one that remembers something. */
export async function agentRecords(
  { journal, memory }: AgentSources,
  { workspace, limit = 200 }: { workspace: string; limit?: number },
): Promise<AgentRecord[]> {
  const entries: (readonly JournalEntry[])[] = [];
  for (const { run } of await journal.runs({ limit, workspace })) entries.push(await journal.read(run));
  const episodes = new Map(((await memory?.agents({ workspace })) ?? []).map((one) => [one.agent, one.episodes] as const));
  const seen = agentHistories(entries).map((agent): AgentRecord => ({ ...agent, episodes: episodes.get(agent.name) ?? 0 }));
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

/** The agents of one run and what each did, read off its journal. */
function agentsIn(entries: readonly JournalEntry[]): Omit<AgentHistory, "name">[] {
  const events = entries.flatMap((entry) => typed(entry) ?? []);
  const of = <T extends EventType>(type: T): EventData<T>[] => events.flatMap((event) => (event.type === type ? [event.data as EventData<T>] : []));
  const [submitted] = of("run.submitted");
  const planned = of("run.planned").at(-1);
  const first = entries[0];
  if (!submitted || !planned || !first) return [];
  const cost = costOf(entries);
  const recalled = new Map(of("memory.recalled").flatMap((data) => data.recalled.map((episode) => [episode.id, episode.task] as const)));
  return planned.plan.team.agents.map(({ id, role, skill }) => {
    const mine = <D extends { agent: string }>(rows: readonly D[]): D[] => rows.filter(({ agent }) => agent === id);
    const finished = mine(of("step.finished"));
    const verdicts = mine(of("step.judged")).flatMap((data) => data.verdicts.filter(({ decision }) => decision !== "abstain"));
    const used = finished.flatMap(({ result: { data } }) => {
      const memory = (data as { usedMemory?: unknown } | undefined)?.usedMemory;
      return Array.isArray(memory) ? memory.map(String) : [];
    });
    const run: AgentRun = {
      run: first.run,
      startedAt: first.ts,
      task: submitted.task.text,
      status: of("run.finished").at(-1)?.status ?? "running",
      model: mine(of("step.routed")).at(-1)?.model ?? "",
      steps: mine(of("step.started")).length,
      failed: mine(of("step.failed")).length,
      calls: cost.callsByAgent[id] ?? 0,
      microUsd: nanoToMicro(cost.byAgent[id] ?? 0),
      ...(verdicts.length > 0 ? { score: mean(verdicts.map(({ score }) => score)) } : {}),
      rejected: verdicts.filter(({ decision }) => decision === "reject").length,
      memories: [...new Set(used)].map((episode) => recalled.get(episode) ?? episode),
    };
    return { team: planned.plan.team.name, id, role, skill, runs: [run] };
  });
}

/** One row an agent. `journals` are runs, newest first. */
function agentHistories(journals: Iterable<readonly JournalEntry[]>): AgentHistory[] {
  const found = new Map<string, AgentHistory>();
  for (const entries of journals) {
    for (const agent of agentsIn(entries)) {
      const name = `${agent.team}/${agent.id}`;
      const known = found.get(name);
      if (known) known.runs.push(...agent.runs);
      else found.set(name, { name, ...agent });
    }
  }
  return [...found.values()];
}
