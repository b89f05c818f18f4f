import { z } from "zod";
import { millis, nanoUsd } from "./brands.ts";

/** What the outcome is judged by. `rule` is for a judge that knows it (`"max-words"`), `text` for people and models. */
export const criterion = z.strictObject({
  id: z.string().min(1),
  text: z.string().min(1),
  rule: z.string().optional(),
  value: z.union([z.number(), z.string(), z.boolean()]).optional(),
});
export type Criterion = z.infer<typeof criterion>;

/** Whether a run may spend money, and how much at most. `allowed: false` means: free models only, whatever the cap. */
export const spending = z.object({ allowed: z.boolean(), capNano: nanoUsd, why: z.string() });
export type Spending = z.infer<typeof spending>;

export const constraints = z.object({
  topology: z.string().optional(),
  /** A team of at most this many agents. */
  agents: z.int().min(1).max(64).optional(),
  /** `provider/model`; every step goes there. */
  model: z.string().optional(),
  spending,
});
export type Constraints = z.infer<typeof constraints>;

/** One request of a person or a program, as every hook sees it. One run executes one task. */
export const task = z.object({
  id: z.string(),
  run: z.string(),
  /** Runs of one conversation share a thread. */
  thread: z.string(),
  text: z.string().min(1),
  /** Names of the documents handed in (not their content). */
  documents: z.array(z.string()),
  criteria: z.array(criterion),
  constraints,
  /** On whose behalf, and where: in every journal entry. */
  actor: z.string(),
  workspace: z.string(),
  createdAt: millis,
});
export type Task = z.infer<typeof task>;
