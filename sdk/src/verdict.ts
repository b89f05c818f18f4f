import { z } from "zod";
import { json } from "./json.ts";
import { artifact } from "./step.ts";
import { criterion } from "./task.ts";

/** What a judge is shown: one agent's output, or the outcome of the task. */
export const judgement = z.object({
  subject: z.enum(["step", "task"]),
  run: z.string(),
  task: z.string(),
  /** The output judged; for a task, the final artifact. */
  artifact,
  inputs: z.array(artifact),
  collection: z.string().optional(),
  criteria: z.array(criterion),
  /** A JSON Schema the output must fit, where the team asks for one. */
  schema: z.record(z.string(), json).optional(),
  /** The model that wrote it, so that a judge of the same family can stand back. */
  model: z.string(),
});
export type Judgement = z.infer<typeof judgement>;

export const verdict = z.object({
  judge: z.string(),
  /** 0–1; 1 is flawless. */
  score: z.number().min(0).max(1),
  decision: z.enum(["accept", "reject", "abstain"]),
  reasons: z.array(z.string()),
});
export type Verdict = z.infer<typeof verdict>;

export const decideQuery = z.object({
  subject: z.enum(["step", "task"]),
  run: z.string(),
  step: z.string().optional(),
  verdicts: z.array(verdict),
  /** Judges that failed, by plugin. */
  missing: z.array(z.string()),
  attempt: z.int().positive(),
  maxAttempts: z.int().positive(),
});
export type DecideQuery = z.infer<typeof decideQuery>;

export const decision = z.object({
  action: z.enum(["accept", "retry", "redesign", "escalate", "reject"]),
  reasons: z.array(z.string()),
  /** Told to the agents on a retry. */
  feedback: z.array(z.string()),
});
export type Decision = z.infer<typeof decision>;
