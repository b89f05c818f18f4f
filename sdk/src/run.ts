import { type Json, token } from "@orrery/kernel";
import type { Span } from "./span.ts";
import type { NanoUsd } from "./brands.ts";
import type { InputFile, SkippedFile } from "./documents.ts";
import type { RunStatus } from "./events.ts";
import type { Recalled } from "./memory.ts";
import type { Criterion, Spending } from "./task.ts";
import type { Team } from "./team.ts";
import type { CallPrediction } from "./topology.ts";
import type { Verdict } from "./verdict.ts";

/** What a host hands the runner; everything a person or program may ask for. */
export interface RunRequest {
  text: string;
  /** Documents, read by the host. */
  files?: InputFile[];
  /** Where the host read them from, so that a follow-up can read them again; the files' own paths when absent. */
  sources?: string[];
  /** Names of what the host itself could not read, to be listed with the rest. */
  skipped?: SkippedFile[];
  /** Continue this conversation. */
  thread?: string;
  topology?: string;
  team?: Team;
  agents?: number;
  model?: string;
  spending: Spending;
  criteria?: Criterion[];
  actor: string;
  workspace: string;
}

export interface AgentReport {
  id: string;
  role: string;
  /** The model its last step went to, and why; empty when no step of it was routed. */
  model: string;
  why: string;
  calls: number;
  microUsd: number;
}

/** The whole of a run in one plain object: what `orrery run --json` prints. A projection of the journal. */
export interface RunReport {
  runId: string;
  thread: string;
  task: string;
  status: RunStatus;
  output: string;
  artifacts: { name: string; mediaType: string; bytes: number; path?: string }[];
  topology: {
    id: string;
    predictedCalls: number;
    observedCalls: number;
    predicted: CallPrediction;
    /** What the topology says of how the outcome came about: rounds made, why it stopped, the votes. */
    facts?: Record<string, Json>;
    /** Agents without whose output the outcome was made, and why. */
    failures: { agent: string; path: string; code: string; message: string }[];
  };
  agents: AgentReport[];
  cost: {
    /** Micro-dollars; may be fractional (money is kept in nano-dollars). */
    microUsd: number;
    calls: number;
    inputTokens: number;
    outputTokens: number;
    byAgent: Record<string, number>;
    byPlugin: Record<string, number>;
  };
  verdicts: Verdict[];
  /** Why it ended as it did. */
  reasons: string[];
  memory: { recalled: (Recalled & { usedBy: string[] })[] };
  documents: { read: { path: string; sentences: number }[]; skipped: SkippedFile[] };
  error?: { code: string; message: string; plugin?: string | undefined; do?: string | undefined };
  durationMs: number;
  startedAt: number;
  journal: { events: number; bytes: number; head: string };
}

/** What a run would do, before it is agreed to. */
export interface Forecast {
  team: Team;
  topology: string;
  /** Who may hear whom. */
  edges: { from: string; to: string }[];
  predicted: CallPrediction;
  /** Tokens of the expected calls, for prompts and answers of a usual length. */
  tokens: { input: number; output: number };
  models: { agent: string; model: string; why: string; paid: boolean }[];
  /** Expected and highest cost; undefined when a model has no known price. */
  expectedNano: NanoUsd | undefined;
  maxNano: NanoUsd | undefined;
}

export interface Runner {
  /** Starts a run and returns its id once the submission is journalled. Throws the error of a request that cannot be. */
  start(request: RunRequest): Promise<{ runId: string; thread: string }>;
  /** Resolves when the run has ended, whoever started it in this process. */
  wait(runId: string): Promise<RunReport>;
  /** The projection as of now, from the journal; undefined for an unknown run. */
  report(runId: string): Promise<RunReport | undefined>;
  forecast(request: RunRequest): Promise<Forecast>;
  /** False when the run is not under way here. */
  cancel(runId: string, reason: string): Promise<boolean>;
}
export const Runner = token<Runner>("orrery.runner@1");

export interface Trace {
  /** A run's spans in order of start, times relative to its first entry. */
  spans(runId: string): Promise<Span[]>;
}
export const Trace = token<Trace>("orrery.trace@1");
