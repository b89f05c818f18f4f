import type { Settled } from "@orrery/sdk";
import { z } from "zod";

/** An agent without whose output the run went on or ended, and why. Listed in the result, never shown to another agent. */
export type Failure = { agent: string; path: string; code: string; message: string };

/** `fail`: the run ends with the first failed agent. `skip`: it goes on without, and says so. Retries are the runner's. */
export const onAgentFailure = z.enum(["fail", "skip"]);

export const failureOf = (settled: Settled): Failure => ({
  agent: settled.agent,
  path: settled.path,
  code: settled.error?.code ?? "STEP_FAILED",
  message: settled.error?.message ?? "the step failed without saying why",
});
