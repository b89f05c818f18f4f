import { costOf, type EventData, type EventType, type JournalEntry, nanoToMicro, typed } from "@orrery/sdk";

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

/** The agents of one run and what each did, read off its journal. */
export function agentsIn(entries: readonly JournalEntry[]): Omit<AgentHistory, "name">[] {
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
export function agentHistories(journals: Iterable<readonly JournalEntry[]>): AgentHistory[] {
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
