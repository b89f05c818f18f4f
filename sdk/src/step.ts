import { z } from "zod";
import { millis, nanoUsd } from "./brands.ts";
import { json } from "./json.ts";
import { recalled } from "./memory.ts";
import { spending } from "./task.ts";
import { agentSpec, threadTurn } from "./team.ts";

/** Who caused a call and for whom. Every model and tool call carries one; cost, traces, budgets and blame follow from it. */
export const origin = z.object({
  run: z.string(),
  task: z.string(),
  /** The step's path in its run, or `"-"` for work that belongs to the run as a whole. */
  step: z.string(),
  /** The plugin's own id where it asks a model for itself and no agent's step is done. */
  agent: z.string(),
  /** The plugin on whose decision the call is made. */
  plugin: z.string(),
  actor: z.string(),
  workspace: z.string(),
});
export type Origin = z.infer<typeof origin>;
/** Whether a call is a plugin's own question. No agent has a plugin's id: those have a dot. */
export const isOwnQuestion = ({ agent, plugin }: Pick<Origin, "agent" | "plugin">): boolean => agent === plugin;

/** What an agent made, as others see it. `data` is the structured form, where the engine gives one. */
export const artifact = z.object({ step: z.string(), agent: z.string(), role: z.string(), skill: z.string(), text: z.string(), data: json.optional() });
export type Artifact = z.infer<typeof artifact>;

/** Everything an agent sees. Nothing reaches it any other way, and every view is journalled by reference. */
export const view = z.object({
  task: z.string(),
  focus: z.string().optional(),
  /** The topology's word on how to go about it, for a model that reads prose. */
  guidance: z.string().optional(),
  round: z.int().nonnegative(),
  inputs: z.array(artifact),
  recalled: z.array(recalled),
  thread: z.array(threadTurn),
  /** What judges found wanting in the earlier attempt. */
  feedback: z.array(z.string()),
});
export type View = z.infer<typeof view>;

/** One invocation of one agent. `path` is unique in the run and the same on resume; `key` is the idempotency key made from it. */
export const step = z.object({
  run: z.string(),
  task: z.string(),
  path: z.string(),
  key: z.string(),
  attempt: z.int().positive(),
  agent: agentSpec,
  view,
  collection: z.string().optional(),
  spending,
  /** Only providers that are local may answer. */
  localOnly: z.boolean().default(false),
  temperature: z.number().min(0).max(2).default(0),
  actor: z.string(),
  workspace: z.string(),
});
export type Step = z.infer<typeof step>;

export const usage = z.object({
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  cachedInputTokens: z.int().nonnegative().optional(),
  reasoningTokens: z.int().nonnegative().optional(),
});
export type Usage = z.infer<typeof usage>;

export const stepResult = z.object({
  run: z.string(),
  path: z.string(),
  attempt: z.int().positive(),
  agent: z.string(),
  model: z.string(),
  text: z.string(),
  data: json.optional(),
  usage,
  costNano: nanoUsd,
  finish: z.enum(["stop", "length", "refused", "other"]),
  durationMs: millis,
});
export type StepResult = z.infer<typeof stepResult>;
