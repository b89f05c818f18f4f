import { nanoToMicro } from "./brands.ts";
import { costOf } from "./cost-projection.ts";
import { type EventData, type EventType, typed } from "./events.ts";
import type { Storage } from "./host-services.ts";
import type { Json } from "./json.ts";
import type { Journal, JournalEntry, RunSummary } from "./journal.ts";

/** What an agent did in one run, as its journal has it. */
export interface AgentDigest {
  id: string;
  role: string;
  skill: string;
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
  /** Whether its team gives it tools. */
  tools: boolean;
  /** Of its last steps: the model that was asked, the tokens of all its answers in that step, and how often tools were called before the last. */
  answers: { model: string; outputTokens: number; rounds: number }[];
}
/** A run as its agents' history and forecasts need it: small, and made of its journal alone. */
export interface RunDigest {
  run: string;
  startedAt: number;
  task: string;
  status: string;
  team: string;
  agents: AgentDigest[];
}

/** One kept: made of the entries up to this head, by this version. Another head or version is made anew. */
interface Kept {
  version: number;
  head: string;
  /** Absent for a run that was never planned. */
  digest?: RunDigest;
}

const namespace = "orrery.digests";
const version = 1;
/** Steps of one agent in one run that a forecast learns from. */
const answersKept = 50;

export interface DigestSources {
  journal: Pick<Journal, "runs" | "read">;
  /** Without one every digest is made of its journal, each time. */
  storage: Storage | undefined;
}

/**
 * The digests of runs, in their order. Those of runs that are over are kept beside the journal as they are made, so that each journal is read once;
 * a run that goes on is read as it is now. `settled`: leaves out those that go on.
 */
export async function digestsOf({ journal, storage }: DigestSources, runs: readonly RunSummary[], { settled = false } = {}): Promise<RunDigest[]> {
  const store = storage?.open(namespace);
  // One read for most of them: names of runs grow with time.
  const rows = new Map(((await store?.list("", { limit: runs.length, reverse: true })) ?? []).map(({ key, value }) => [key, value]));
  const found: RunDigest[] = [];
  for (const { run, head, endedAt } of runs) {
    if (endedAt === undefined && settled) continue;
    const kept = keptOf(rows.get(run) ?? (endedAt === undefined ? undefined : await store?.get(run)));
    if (kept?.version === version && kept.head === head) {
      if (kept.digest) found.push(kept.digest);
      continue;
    }
    const entries = await journal.read(run);
    const digest = digestOf(entries);
    if (digest) found.push(digest);
    const last = entries.at(-1);
    if (endedAt !== undefined && last) await store?.set(run, { version, head: last.hash, ...(digest ? { digest } : {}) } as unknown as Json);
  }
  return found;
}

/** Takes a run out, when its journal goes. */
export const forgetDigest = (storage: Storage, run: string): Promise<void> => storage.open(namespace).delete(run);

const keptOf = (value: Json | undefined): Kept | undefined => value as unknown as Kept | undefined;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of one run's entries; undefined for one that was never planned. */
export function digestOf(entries: readonly JournalEntry[]): RunDigest | undefined {
  const events = entries.flatMap((entry) => typed(entry) ?? []);
  const of = <T extends EventType>(type: T): EventData<T>[] => events.flatMap((event) => (event.type === type ? [event.data as EventData<T>] : []));
  const [submitted] = of("run.submitted");
  const planned = of("run.planned").at(-1);
  const first = entries[0];
  if (!submitted || !planned || !first) return undefined;
  const cost = costOf(entries);
  const recalled = new Map(of("memory.recalled").flatMap((data) => data.recalled.map((episode) => [episode.id, episode.task] as const)));
  const rounds = new Map<string, number>();
  for (const { path, attempt, round } of of("model.answered")) rounds.set(`${attempt} ${path}`, Math.max(round, rounds.get(`${attempt} ${path}`) ?? 0));
  const routes = new Map(of("step.routed").map(({ path, attempt, model }) => [`${attempt} ${path}`, model]));
  const byAgent = { finished: grouped(of("step.finished")), judged: grouped(of("step.judged")), routed: grouped(of("step.routed")) };
  const counts = { started: grouped(of("step.started")), failed: grouped(of("step.failed")) };
  const agents = planned.plan.team.agents.map(({ id, role, skill, tools }): AgentDigest => {
    const finished = byAgent.finished.get(id) ?? [];
    const verdicts = (byAgent.judged.get(id) ?? []).flatMap((data) => data.verdicts.filter(({ decision }) => decision !== "abstain"));
    const used = finished.flatMap(({ result: { data } }) => {
      const memory = (data as { usedMemory?: unknown } | undefined)?.usedMemory;
      return Array.isArray(memory) ? memory.map(String) : [];
    });
    return {
      id,
      role,
      skill,
      model: byAgent.routed.get(id)?.at(-1)?.model ?? "",
      steps: counts.started.get(id)?.length ?? 0,
      failed: counts.failed.get(id)?.length ?? 0,
      calls: cost.callsByAgent[id] ?? 0,
      microUsd: nanoToMicro(cost.byAgent[id] ?? 0),
      ...(verdicts.length > 0 ? { score: mean(verdicts.map(({ score }) => score)) } : {}),
      rejected: verdicts.filter(({ decision }) => decision === "reject").length,
      memories: [...new Set(used)].map((episode) => recalled.get(episode) ?? episode),
      tools: tools.length > 0,
      answers: finished
        .filter(({ copied }) => !copied)
        .slice(-answersKept)
        .map(({ path, attempt, result: { model, usage } }) => {
          const step = `${attempt} ${path}`;
          return { model: routes.get(step) ?? model, outputTokens: usage.outputTokens, rounds: rounds.get(step) ?? 0 };
        }),
    };
  });
  const status = of("run.finished").at(-1)?.status ?? "running";
  return { run: first.run, startedAt: first.ts, task: submitted.task.text, status, team: planned.plan.team.name, agents };
}

function grouped<D extends { agent: string }>(rows: readonly D[]): Map<string, D[]> {
  const found = new Map<string, D[]>();
  for (const row of rows) {
    const known = found.get(row.agent);
    if (known) known.push(row);
    else found.set(row.agent, [row]);
  }
  return found;
}
