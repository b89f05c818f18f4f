import type { Settled } from "@orrery/sdk";
import { z } from "zod";

/** An agent without whose output the run went on or ended, and why. Listed in the result, never shown to another agent. */
export type Failure = { agent: string; path: string; code: string; message: string };

/**
 * What a failed agent does to the run, for a config's shape. `fail`: it ends there. `skip`: it goes on without, and says so.
 * `retry`: the agent is asked again under a path of its own, `retries` times at most, and then skipped.
 */
export const failurePolicy = <D extends "fail" | "skip">(preset: D) => ({
  onAgentFailure: z.enum(["fail", "skip", "retry"]).default(preset),
  retries: z.int().min(1).max(5).default(1),
});

export const failureOf = (settled: Settled): Failure => ({
  agent: settled.agent,
  path: settled.path,
  code: settled.error?.code ?? "STEP_FAILED",
  message: settled.error?.message ?? "the step failed without saying why",
});
