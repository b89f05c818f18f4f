import {
  type CallPrediction,
  costOf,
  type Estimate,
  type JournalEntry,
  nanoToMicro,
  type RunHead,
  type RunReport,
  type RunStatus,
  standingAfter,
  type TypedRunEvent,
  typed,
  unstarted,
} from "@orrery/sdk";
import type { Failure } from "./failure.ts";

type Of<T extends TypedRunEvent["type"]> = Extract<TypedRunEvent, { type: T }>["data"];
const micro = (record: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([key, nano]) => [key, nanoToMicro(nano)]));

/**
 * Everything there is to say of a run, read off its journal. Beside it stand only what no journal can hold: whether anybody carries the run on
 * (`held`), and why it could not be written to (`fault`).
 */
export function reportOf(entries: readonly JournalEntry[], head: RunHead, held: boolean, fault: Failure | undefined): RunReport | undefined {
  const known = entries.filter((entry) => typed(entry) !== undefined) as unknown as TypedRunEvent[];
  const byType = new Map<string, unknown[]>();
  for (const { type, data } of known) {
    const already = byType.get(type);
    if (already) already.push(data);
    else byType.set(type, [data]);
  }
  const all = <T extends TypedRunEvent["type"]>(type: T): Of<T>[] => (byType.get(type) ?? []) as Of<T>[];
  const last = <T extends TypedRunEvent["type"]>(type: T): Of<T> | undefined => all(type).at(-1);

  const first = entries[0];
  const submitted = last("run.submitted");
  if (!first || !submitted) return undefined;
  const planned = last("run.planned");
  const finished = last("run.finished");
  const judged = last("run.judged");
  const read = last("documents.read");
  const cost = costOf(entries);
  const routed = all("step.routed");
  const stands = entries.reduce(standingAfter, unstarted).status as RunStatus;
  const status = stands === "running" && !held ? "interrupted" : stands;
  const open = openGates(known);
  const stalled = known.at(-1)?.type === "run.stalled" ? last("run.stalled")?.error : undefined;
  // Also of one that is paused or waits for a person: a branch beside its gate may have met what stops it.
  const error = finished?.error ?? (finished || held ? undefined : (fault ?? stalled));
  const predicted: CallPrediction = planned?.predicted ?? { min: 0, expected: 0, max: 0 };

  return {
    runId: submitted.task.run,
    thread: submitted.task.thread,
    task: submitted.task.text,
    status,
    output: finished?.output ?? open.at(-1)?.artifact?.text ?? "",
    artifacts: newest(all("artifact.made")),
    topology: {
      id: planned?.plan.topology.id ?? "",
      predictedCalls: predicted.expected,
      observedCalls: finished?.observedCalls ?? all("step.started").length,
      predicted,
      ...(finished?.facts ? { facts: finished.facts } : {}),
      failures: finished?.failures ?? [],
    },
    agents: (planned?.plan.team.agents ?? []).map(({ id, role }) => {
      const route = routed.filter(({ agent }) => agent === id).at(-1);
      return { id, role, model: route?.model ?? "", why: route?.why ?? "", calls: cost.callsByAgent[id] ?? 0, microUsd: nanoToMicro(cost.byAgent[id] ?? 0) };
    }),
    ...(planned?.estimate ? { estimate: estimateIn(planned.estimate) } : {}),
    cost: {
      microUsd: nanoToMicro(cost.nano),
      calls: cost.calls,
      inputTokens: cost.inputTokens,
      outputTokens: cost.outputTokens,
      byAgent: micro(cost.byAgent),
      byPlugin: micro(cost.byPlugin),
    },
    verdicts: judged?.verdicts ?? [],
    reasons: finished?.reasons ?? [...open.map(({ gate, ask }) => `${gate}: ${ask}`), ...(error ? [error.message] : [])],
    memory: { recalled: (last("memory.recalled")?.recalled ?? []).map((episode) => ({ ...episode, usedBy: usersOf(episode.id, all("step.finished")) })) },
    documents: { read: (read?.documents ?? []).map(({ path, sentences }) => ({ path, sentences })), skipped: read?.skipped ?? [] },
    ...(error ? { error } : {}),
    durationMs: finished?.durationMs ?? (entries.at(-1)?.ts ?? first.ts) - first.ts,
    startedAt: first.ts,
    journal: { events: head.events, bytes: head.bytes, head: head.head },
  };
}

const estimateIn = ({
  inputTokens,
  outputTokens,
  nano,
  usualOutputTokens,
  usualNano,
  mostNano,
  unpriced,
  basis,
}: Estimate): NonNullable<RunReport["estimate"]> => ({
  inputTokens,
  outputTokens,
  microUsd: nano === undefined ? null : nanoToMicro(nano),
  ...(usualOutputTokens === undefined ? {} : { usualOutputTokens }),
  ...(usualNano === undefined ? {} : { usualMicroUsd: nanoToMicro(usualNano) }),
  mostMicroUsd: mostNano === undefined ? null : nanoToMicro(mostNano),
  unpriced,
  ...(basis ? { basis } : {}),
});

function openGates(known: readonly TypedRunEvent[]): Of<"gate.opened">[] {
  const open = new Map<string, Of<"gate.opened">>();
  for (const event of known) {
    if (event.type === "gate.opened") open.set(event.data.gate, event.data);
    if (event.type === "gate.decided") open.delete(event.data.gate);
  }
  return [...open.values()];
}

/** The report first, then the files agents wrote, each in its newest version. */
function newest(made: readonly Of<"artifact.made">[]): RunReport["artifacts"] {
  const found = new Map(made.map(({ from: _, ...artifact }) => [`${artifact.version === undefined ? 0 : 1}${artifact.name}`, artifact]));
  return [...found.values()].sort((a, b) => Number(a.version !== undefined) - Number(b.version !== undefined));
}

/** Agents whose output says it used the episode. Being shown one is not using it. */
function usersOf(episode: string, finished: readonly Of<"step.finished">[]): string[] {
  const users = finished.filter(({ result }) => {
    const data = result.data as { usedMemory?: unknown } | undefined;
    return Array.isArray(data?.usedMemory) && data.usedMemory.includes(episode);
  });
  return [...new Set(users.map(({ agent }) => agent))];
}
