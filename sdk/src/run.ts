import { type Json, token } from "@orrery/kernel";
import type { Span } from "./span.ts";
import type { InputFile, SkippedFile } from "./documents.ts";
import type { Estimate, EstimateBasis } from "./estimate.ts";
import type { RunStatus } from "./events.ts";
import type { Recalled } from "./memory.ts";
import type { ForkRequest, Steering, WaitingItem } from "./steering.ts";
import type { Criterion, Spending } from "./task.ts";
import type { Team } from "./team.ts";
import type { CallPrediction } from "./topology.ts";
import type { Verdict } from "./verdict.ts";

/** What a host hands the runner; everything a person or program may ask for. */
export interface RunRequest {
  text: string;
  /** The run's id, for a host that keeps something under it before the run begins; a new one when absent. */
  run?: string;
  /** Documents, read by the host. */
  files?: InputFile[];
  /** Where the host read them from, so that a follow-up can read them again; the files' own paths when absent. */
  sources?: string[];
  /** Of a forecast: bytes of the documents that are not handed over yet. */
  documentBytes?: number;
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
  artifacts: { name: string; mediaType: string; bytes: number; version?: number | undefined; sha256?: string | undefined; path?: string }[];
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
  /** What it was expected to take before its first call, to be read beside `cost`; absent before it is planned. */
  estimate?: {
    inputTokens: number;
    outputTokens: number;
    /** Micro-dollars of the expected calls, and of the most there may be; null where a price is unknown. */
    microUsd: number | null;
    mostMicroUsd: number | null;
    /** Where every step is as long as nine of ten earlier ones were at most; absent where none says anything, or no price. */
    usualOutputTokens?: number;
    usualMicroUsd?: number;
    /** Models whose price nobody knows. */
    unpriced: string[];
    /** What it rests on, an agent at a time. */
    basis?: EstimateBasis[];
  };
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
  estimate: Estimate;
  models: { agent: string; model: string; why: string; paid: boolean }[];
}

/** What a host hands in with a run that goes on: who says so, and its documents, read again. */
export interface Resumption {
  actor: string;
  files?: InputFile[];
  skipped?: SkippedFile[];
}

export interface Runner {
  /** Starts a run and returns its id once the submission is journalled. Throws the error of a request that cannot be. */
  start(request: RunRequest): Promise<{ runId: string; thread: string }>;
  /** Resolves when the run has ended, or nothing of it goes on before a person decides at a gate (status `waiting`). */
  wait(runId: string): Promise<RunReport>;
  /** The projection as of now, from the journal; undefined for an unknown run. */
  report(runId: string): Promise<RunReport | undefined>;
  forecast(request: RunRequest): Promise<Forecast>;
  /** False when the run had ended, or is under way where it cannot be reached. */
  cancel(runId: string, reason: string): Promise<boolean>;
  /**
   * Tells a run what a person wants, and resolves once it is journalled. `actor` is who says it. A run nobody carries on is carried on from here by
   * `resume`, `approve` and `deny`, with what is `given`; one that another process or tab carries on is told there (`elsewhere`).
   * Throws RUN_UNKNOWN, RUN_OVER, RUN_UNANSWERED, RUN_ELSEWHERE where no letter reaches it, GATE_UNKNOWN, GATE_DECIDED, STEERING_INVALID.
   */
  steer(runId: string, steering: Steering, actor: string, given?: Omit<Resumption, "actor">): Promise<{ elsewhere: boolean }>;
  /** Everything that waits for a person, oldest first. */
  waiting(query?: { workspace?: string }): Promise<WaitingItem[]>;
  /**
   * Carries on a run whose process is gone, from its journal: settled steps are neither called nor paid for again. `given` is what it read, read again.
   * Throws RUN_UNKNOWN, RUN_OVER, RUN_ELSEWHERE, and why it cannot go on now.
   */
  resume(runId: string, given: Resumption): Promise<void>;
  /** Begins a run from another's journal. Throws RUN_UNKNOWN, STEP_UNKNOWN. */
  fork(runId: string, fork: ForkRequest, given: Resumption & { spending?: Spending }): Promise<{ runId: string; thread: string }>;
}
export const Runner = token<Runner>("orrery.runner@1");

export interface Trace {
  /** A run's spans in order of start, times relative to its first entry. */
  spans(runId: string): Promise<Span[]>;
}
export const Trace = token<Trace>("orrery.trace@1");
