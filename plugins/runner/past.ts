import type { EventData, StepResult, ToolResult } from "@orrery/sdk";
import type { Failure } from "./failure.ts";
import type { Judged } from "./judge.ts";

/** A tool call as far as the journal tells, under its idempotency key: begun, and what came of it when that is known. */
export interface PastToolCall {
  result?: ToolResult;
}

/** A step as far as the journal tells. */
export interface PastStep {
  agent: string;
  /** Paths it was shown the outputs of. */
  inputs: readonly string[];
  /** By attempt, from 1. */
  attempts: { result?: StepResult; judged?: Judged; feedback: readonly string[]; tools?: Map<string, PastToolCall>; rounds?: EventData<"model.answered">[] }[];
  /** Absent while it was under way. */
  settled?: undefined | { ok: true } | { ok: false; failure: Failure; fatal: boolean };
}

/** What earlier lives of a run have settled: read off its journal, and neither done nor paid for again. */
export interface Past {
  readonly steps: ReadonlyMap<string, PastStep>;
  /** Paths in the order they settled: the order the topology heard of them. */
  readonly order: readonly string[];
  /** The task's judgements, by attempt. */
  readonly judged: ReadonlyMap<number, Judged>;
  readonly planned: EventData<"run.planned"> | undefined;
  /** A person has cancelled it; only the end was not written. */
  readonly cancelled: string | undefined;
}

export const noPast: Past = { steps: new Map(), order: [], judged: new Map(), planned: undefined, cancelled: undefined };
