import type { FaultPolicy, HookKind, HookSpec } from "@orrery/kernel";
import { z } from "zod";
import { runEvent, runStatus } from "./events.ts";
import { callEstimate } from "./ledger.ts";
import { type ModelInfo, modelDelta, modelInfo, modelRequest, modelResponse, route, routeQuery } from "./model.ts";
import { pluginView, viewQuery } from "./plugin-view.ts";
import { artifact, step, stepResult } from "./step.ts";
import { task } from "./task.ts";
import { plan } from "./team.ts";
import { toolCall, toolResult, type ToolSpec, toolSpec } from "./tool.ts";
import { decideQuery, decision, judgement, verdict } from "./verdict.ts";

/** How a run ended, for those who learn from it. */
export const outcome = z.object({
  task,
  status: runStatus,
  output: artifact.optional(),
  verdicts: z.array(verdict),
  plan: plan.optional(),
  costNano: z.int(),
});
export type Outcome = z.infer<typeof outcome>;

export const channelMessage = z.object({ channel: z.string(), conversation: z.string(), id: z.string(), from: z.string(), text: z.string() });
export type ChannelMessage = z.infer<typeof channelMessage>;

export const pluginChange = z.object({
  plugin: z.string(),
  version: z.string(),
  from: z.string().optional(),
  to: z.string(),
  detail: z.string().optional(),
  at: z.number(),
});

const hook =
  <K extends HookKind>(kind: K) =>
  <I, O = undefined>(
    fault: FaultPolicy,
    deadlineMs: number | "caller",
    input: z.ZodType<I>,
    doc: string,
    output?: z.ZodType<O>,
    empty?: "allow" | "deny",
  ): HookSpec<K, I, O> => ({
    kind,
    fault,
    deadlineMs,
    input,
    doc,
    ...(output ? { output } : {}),
    ...(empty ? { empty } : {}),
  });

const series = hook("series");
const waterfall = hook("waterfall");
const bail = hook("bail");
const parallel = hook("parallel");
const collect = hook("collect");
const guard = hook("guard");
const notify = hook("notify");

/** A topology's answer to `task.topology`: the token id its executor is provided under. */
const executor = z.object({ service: z.string() });

/**
 * The hooks of a task's life. The spec fixes kind, deadline and what a fault does; guards fail closed, observers open.
 */
export const lifecycle = {
  "task.submit": guard("closed", 5_000, task, "May this task run at all: policy, quota, duplicates.", undefined, "allow"),
  "task.plan": waterfall("fail", 60_000, plan, "Who works on the task and how: team design, memory, skills."),
  "task.topology": bail("fail", 5_000, plan, "Each topology answers for its own id with the service of its executor.", executor),
  "model.list": collect(
    "skip",
    10_000,
    z.object({ refresh: z.boolean() }),
    "Which models could answer; every provider lists its own.",
    z.array(modelInfo) as z.ZodType<ModelInfo[]>,
  ),
  "task.route": bail("fail", 10_000, routeQuery, "Which model takes this step, with how many tokens, and why.", route),
  "step.before": waterfall("skip", 5_000, step, "Rewrite a step before it is routed."),
  "step.after": waterfall("skip", 5_000, stepResult, "Rewrite a result before it is judged."),
  "budget.reserve": guard(
    "closed",
    5_000,
    callEstimate,
    "May this call be made, and is its money there; before every model and tool call.",
    undefined,
    "allow",
  ),
  "model.request": waterfall("fail", 10_000, modelRequest, "Rewrite a request: redaction, quirks."),
  "model.call": bail("fail", "caller", modelRequest, "Answer the request; a cache first, then the model's provider.", modelResponse),
  "model.response": waterfall("fail", 10_000, modelResponse, "Rewrite a response."),
  "model.delta": notify("skip", "caller", modelDelta, "A piece of streamed output."),
  "tool.list": collect(
    "skip",
    20_000,
    z.object({ run: z.string().optional(), named: z.array(z.string()).optional() }),
    "Which tools agents could call; every plugin lists its own. `named`: only those that one of these names means are asked for.",
    z.array(toolSpec) as z.ZodType<ToolSpec[]>,
  ),
  "tool.guard": guard("closed", 60_000, toolCall, "May this tool be called: allow, deny, or ask a person.", undefined, "deny"),
  "tool.call": bail("fail", "caller", toolCall, "Run the tool.", toolResult),
  "step.judge": collect("skip", 60_000, judgement, "Judge one agent's output.", verdict),
  "task.judge": collect("skip", 120_000, judgement, "Judge the outcome of the task.", verdict),
  "task.decide": bail("fail", 5_000, decideQuery, "Accept, retry with feedback, redesign, or hand to a person.", decision),
  "task.memorize": series("skip", 30_000, outcome, "Keep what was learnt: memory layers, router learning."),
  "task.finish": parallel("skip", 10_000, outcome, "The task came to an accepted or rejected end."),
  "task.fail": parallel("skip", 10_000, outcome, "The task failed, was cancelled or ran out of budget."),
  "channel.ingress": waterfall("fail", 10_000, channelMessage, "A message comes in."),
  "channel.egress": waterfall("fail", 10_000, channelMessage, "A message goes out."),
  "ui.view": collect(
    "skip",
    5_000,
    viewQuery,
    "What a plugin shows under Extend or beside a run, as blocks of plain data; needs the capability ui.view.",
    pluginView,
  ),
  event: parallel("skip", 5_000, runEvent, "A journal entry was written."),
  "kernel.plugin": parallel("skip", 2_000, pluginChange, "A plugin changed its state, or was denied something."),
} as const;
export type Lifecycle = typeof lifecycle;
