import type { Json } from "@orrery/kernel";
import type { Team } from "./team.ts";

/** One agent invocation a topology asks for. */
export interface Dispatch {
  /** Unique in the run and the same on resume, as `"r0/writer"`. */
  path: string;
  agent: string;
  round: number;
  /** Paths of the settled steps whose outputs this agent sees, in order. */
  inputs: string[];
  /** An instruction of the topology's, shown beside the task (a subtask, "reduce these"). */
  instruction?: string;
  /** What this step wants of its agent in place of its own skill, as a `plan` of one who else writes. An engine with built-in skills does that, and judges judge it as that. */
  skill?: string;
  /** How to go about it, for a model that reads prose; engines with built-in skills have no use for it. */
  guidance?: string;
  /** What the agent is given in place of the task's own text: one small step of it, or the task with what must stay here taken out. */
  task?: string;
  /** Texts of the topology's own making that the agent sees after those of `inputs`, with the name they come under. */
  given?: { from: string; text: string; data?: Json }[];
  /** The view is task, instruction, inputs and given, and nothing else: no memories, no earlier turns, no documents. */
  bare?: boolean;
  /** Only providers that are local may answer. */
  localOnly?: boolean;
  /** 0–2; 0 when absent. Another sample of the same question wants more. */
  temperature?: number;
}
export interface Settled {
  path: string;
  agent: string;
  ok: boolean;
  text: string;
  data?: Json;
  /** Present when `ok` is false; never shown to an agent. */
  error?: { code: string; message: string };
  /** Judges' mean for this output, 0–1, where it was judged. */
  score?: number;
}
export interface Move {
  state: Json;
  dispatch: Dispatch[];
  /** Paths in flight whose results are no longer wanted. */
  cancel?: string[];
  done?: {
    /** The step whose artifact is the outcome; or `text` made of several. */
    output: string | undefined;
    text?: string;
    /** Agents that failed, and what was done without them. */
    failures: { agent: string; path: string; code: string; message: string }[];
    /** How the outcome came about, for the report: rounds made, why it stopped, the votes. */
    facts?: { [name: string]: Json };
  };
}
export interface CallPrediction {
  min: number;
  expected: number;
  max: number;
}
export interface Conformance {
  like?: string;
  configs?: Json[];
}
/**
 * A topology as a pure state machine over plain data: deterministic, so a journal replays it; portable, so it runs in a sandbox.
 * The runner owns concurrency, retries, budgets and cancellation.
 */
export interface TopologyExecutor {
  /** What is wrong with this config for this team, in words with the place; empty when it can run. */
  check(team: Team, config: Json): Promise<string[]> | string[];
  predictCalls(team: Team, config: Json): Promise<CallPrediction> | CallPrediction;
  /** Who may hear whom: for drawing and for tests. */
  edges(team: Team, config: Json): Promise<{ from: string; to: string }[]> | { from: string; to: string }[];
  /** `task` is the text every agent sees, for a topology that routes or splits by it. */
  start(team: Team, config: Json, task: string): Promise<Move> | Move;
  next(state: Json, settled: Settled): Promise<Move> | Move;
  /**
   * What the conformance kit tries it with: the first-party topology whose config it takes and whose claims it keeps (`like: "mesh"`),
   * or configs of its own, of which only what holds of every topology is asked.
   */
  conformance?(): Promise<Conformance> | Conformance;
}
/** The service id a topology answers `task.topology` with and provides its executor under. */
export const topologyToken = (id: string): string => `orrery.topology.${id}@1`;
