import type { Clock, Documents, HookSession, Ledger, Lifecycle, Mailbox, ModelInfo, Plan, Random, Storage, Task } from "@orrery/sdk";
import type { Observed } from "./observed.ts";
import type { Past } from "./past.ts";
import type { Questions } from "./questions.ts";
import type { RunControl } from "./run-control.ts";
import type { RunLog } from "./run-log.ts";

/** Services the runner works with when they are there, and without when they are not. */
export interface Optional {
  documents: Documents | undefined;
  ledger: Ledger | undefined;
  mailbox: Mailbox | undefined;
  storage: Storage | undefined;
}

/** What one run holds while it is under way; nothing of it outlives the run. */
export interface RunScope {
  readonly task: Task;
  readonly log: RunLog;
  readonly hooks: HookSession<Lifecycle>;
  readonly control: RunControl;
  /** Of the control: aborts when the run is cancelled or let go. */
  readonly signal: AbortSignal;
  /** What earlier lives of the run have settled. */
  readonly past: Past;
  /** Which of the run's lives this is, from 1: a call that is made again has a reservation of its own. */
  readonly epoch: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly services: Optional;
  readonly limits: RunnerConfig;
  /** What plugins ask models for this run. */
  readonly questions: Questions;
  /** Known models, asked once a run. */
  models(): Promise<readonly ModelInfo[]>;
  /** What steps of earlier runs took. */
  observed(): Promise<Observed>;
}

export interface RunnerConfig {
  /** Agent invocations of one run under way at once. */
  concurrency: number;
  /** Tries a step gets, the first included, when a judge sends it back. */
  stepAttempts: number;
  /** Tries the whole task gets. */
  taskAttempts: number;
  /** No topology may ask for more steps in one run. */
  maxSteps: number;
  /** Milliseconds a model may take for one answer. */
  modelDeadlineMs: number;
  /** Times a model is told what its tools gave before it must answer. */
  toolRounds: number;
  /** Calls of tools one step may make. */
  toolCalls: number;
  /** Milliseconds another process may take to take in what its run is told. */
  letterWaitMs: number;
  /** Milliseconds a tool may take for one call. */
  toolDeadlineMs: number;
  /** Passages a generative model is shown. */
  passages: number;
  /** Tokens an answer of a generative model is taken to have, in an estimate made before the run. */
  answerTokens: number;
  /** Questions to models a plugin may put for one run, or within a minute outside any. */
  questions: number;
  /** And how many of them may be unanswered at once. */
  questionsAtOnce: number;
}

/** A plan that has a topology's answer: ready to execute. */
export interface Ready {
  readonly plan: Plan;
  readonly topologyPlugin: string;
}
