import { z } from "zod";
import { millis, nanoUsd } from "./brands.ts";
import { estimate } from "./estimate.ts";
import { json } from "./json.ts";
import { recalled } from "./memory.ts";
import { sha256Hex } from "./sha256.ts";
import { artifact, origin, stepResult, usage } from "./step.ts";
import { task } from "./task.ts";
import { plan, team } from "./team.ts";
import { toolEffect, toolRequest } from "./tool.ts";
import { decision, verdict } from "./verdict.ts";

const failure = z.object({ code: z.string(), message: z.string(), plugin: z.string().optional(), do: z.string().optional() });
const skipped = z.object({ path: z.string(), code: z.string(), reason: z.string() });
const documentInfo = z.object({ path: z.string(), title: z.string(), format: z.string(), bytes: z.int(), sentences: z.int(), words: z.int() });
const call = { call: z.string(), tool: z.string(), round: z.int() };
const asked = z.string().max(500).optional();
const at = { path: z.string(), agent: z.string(), attempt: z.int() };

/** `paused` and `waiting` (for a person) go on when they are told to; `interrupted` is a run whose process is gone. The others are ends. */
export const runStatus = z.enum(["running", "paused", "interrupted", "accepted", "rejected", "waiting", "over_budget", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof runStatus>;

/**
 * Every kind of journal entry, and its schema. What is not here is not written; what is here is sent and heard in the tests.
 * Tables, dashboards, costs and traces are projections of these.
 */
export const events = {
  /** `team`: the one that was asked for, so that a run killed before it was planned can be planned again. `from`: the run it was forked from. */
  "run.submitted": z.object({ task, team: team.optional(), from: z.object({ run: z.string(), at: z.string().optional() }).optional() }),
  "documents.read": z.object({ collection: z.string(), documents: z.array(documentInfo), skipped: z.array(skipped), ms: millis }),
  "memory.recalled": z.object({ recalled: z.array(recalled) }),
  "run.planned": z.object({
    plan: plan.omit({ task: true, recalled: true, thread: true }),
    predicted: z.object({ min: z.int(), expected: z.int(), max: z.int() }),
    /** Tokens and money of the predicted calls. */
    estimate: estimate.optional(),
    edges: z.array(z.object({ from: z.string(), to: z.string() })),
    /** Topology plugin that answered. */
    by: z.string(),
  }),
  /** The intent: written before the call, with the idempotency key. `inputs` are the steps whose outputs are in the view. */
  "step.started": z.object({
    ...at,
    role: z.string(),
    skill: z.string(),
    round: z.int(),
    key: z.string(),
    inputs: z.array(z.string()),
    recalled: z.array(z.string()),
    feedback: z.array(z.string()),
    /** What the topology asked of it beside the task, and in place of the task's own text; the beginning of what is long. */
    asked: z.object({ task: asked, instruction: asked, guidance: asked }).optional(),
  }),
  "step.routed": z.object({ ...at, model: z.string(), why: z.string(), considered: z.array(z.object({ model: z.string(), why: z.string() })), by: z.string() }),
  /** A plugin asks a model for itself, or for the run; what it costs follows as with any call. */
  "plugin.asked": z.object({ origin, model: z.string(), why: z.string(), question: z.string().max(300) }),
  "budget.reserved": z.object({ reservation: z.string(), origin, model: z.string(), nano: nanoUsd }),
  "budget.settled": z.object({ reservation: z.string(), origin, model: z.string(), nano: nanoUsd, usage, source: z.string() }),
  "budget.released": z.object({ reservation: z.string(), origin }),
  "budget.denied": z.object({ origin, model: z.string(), reasons: z.array(z.string()) }),
  /** `copied`: settled in the run this one was forked from, and paid for there. */
  "step.finished": z.object({ ...at, result: stepResult, copied: z.boolean().optional() }),
  /** A model has answered with calls of tools: kept before the first of them is made, so that no round is asked or paid for again. */
  "model.answered": z.object({
    ...at,
    round: z.int(),
    /** Idempotency key of the model call. */
    key: z.string(),
    model: z.string(),
    text: z.string(),
    toolCalls: z.array(toolRequest),
    usage,
    nano: nanoUsd,
    durationMs: millis,
  }),
  /** The intent: written before the call, under its idempotency key. */
  "tool.called": z.object({ ...at, ...call, input: json, effects: z.array(toolEffect) }),
  "tool.finished": z.object({ ...at, ...call, ok: z.boolean(), output: json, ms: millis }),
  /** A call that was not made, and why. */
  "tool.denied": z.object({ ...at, ...call, input: json, reasons: z.array(z.string()) }),
  "step.failed": z.object({ ...at, error: failure }),
  "step.cancelled": z.object({ ...at, reason: z.string() }),
  "step.judged": z.object({ ...at, verdicts: z.array(verdict), missing: z.array(z.string()), decision }),
  /** Every gate after the step was approved: only now is it settled. */
  "step.approved": z.object(at),
  "run.judged": z.object({ attempt: z.int(), verdicts: z.array(verdict), missing: z.array(z.string()), decision }),
  "run.paused": z.object({ by: z.string() }),
  "run.resumed": z.object({ by: z.string(), from: z.enum(["pause", "crash"]) }),
  /** Reaches every step that starts later. */
  "run.redirected": z.object({ instruction: z.string(), by: z.string() }),
  /** Asked for; the run ends a moment later. */
  "run.cancelled": z.object({ by: z.string(), reason: z.string() }),
  /** The run cannot go on for now, and why; it is tried again. */
  "run.stalled": z.object({ error: failure }),
  /** A step, or the outcome where `path` is absent, waits for a person. `artifact` is there where no step's own output is meant. */
  "gate.opened": z.object({ gate: z.string(), ask: z.string(), path: z.string().optional(), agent: z.string().optional(), artifact: artifact.optional() }),
  "gate.decided": z.object({ gate: z.string(), decision: z.enum(["approve", "deny"]), by: z.string(), note: z.string().optional() }),
  /**
   * A file of the run: the output of `from`, which is in `run.finished`, or with a `version` what an agent wrote there.
   * `sha256` is that of its content; entries of earlier journals have none.
   */
  "artifact.made": z.object({
    name: z.string(),
    mediaType: z.string(),
    bytes: z.int(),
    from: z.string(),
    version: z.int().positive().optional(),
    sha256: sha256Hex.optional(),
  }),
  /** What the run's own hook calls took, a line a hook. */
  "trace.hooks": z.object({ hooks: z.array(z.object({ hook: z.string(), calls: z.int(), totalMs: millis, errors: z.int() })) }),
  "run.finished": z.object({
    status: runStatus,
    output: z.string(),
    outputData: json.optional(),
    observedCalls: z.int(),
    reasons: z.array(z.string()),
    failures: z.array(z.object({ agent: z.string(), path: z.string(), code: z.string(), message: z.string() })),
    /** What the topology says of how the outcome came about. */
    facts: z.record(z.string(), json).optional(),
    error: failure.optional(),
    durationMs: millis,
  }),
} as const;

export type EventType = keyof typeof events;
export type EventData<T extends EventType = EventType> = z.infer<(typeof events)[T]>;

/** A journal entry as subscribers get it. */
export const runEvent = z.object({
  run: z.string(),
  idx: z.int().nonnegative(),
  seq: z.int().positive(),
  type: z.string(),
  actor: z.string(),
  workspace: z.string(),
  data: json,
  ts: millis,
});
export type RunEvent = z.infer<typeof runEvent>;
export type TypedRunEvent = { [T in EventType]: Omit<RunEvent, "type" | "data"> & { type: T; data: EventData<T> } }[EventType];

/** An entry read back as the typed event it is; undefined for a type this version does not know. */
export function typed(event: { type: string; data: unknown }): TypedRunEvent | undefined {
  return event.type in events ? (event as unknown as TypedRunEvent) : undefined;
}
