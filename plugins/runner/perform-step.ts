import {
  type Artifact,
  type CallEstimate,
  type Decision,
  type Dispatch,
  type ModelInfo,
  type ModelRequest,
  type ModelResponse,
  type Origin,
  OrreryError,
  type Route,
  type Settled,
  type Step,
  type StepResult,
  type Verdict,
  unbilledFailures,
} from "@orrery/sdk";
import { BudgetDenied, Cancelled, type Failure, failureOf, refusal, StepRejected } from "./failure.ts";
import { judge } from "./judge.ts";
import { inputTokenBound, promptOf } from "./prompt.ts";
import type { Ready, RunScope } from "./run-scope.ts";

export interface Performed {
  settled: Settled;
  artifact: Artifact | undefined;
  model: string | undefined;
  /** Why it failed, with the plugin at fault. */
  failure: Failure | undefined;
  /** An error that ends the whole run, not only the step: the budget, a cancellation. */
  fatal: unknown;
}

/** One dispatch, carried through route, reservation, call, settlement and judgement, again where a judge sends it back. */
export async function performStep(
  scope: RunScope,
  ready: Ready,
  dispatch: Dispatch,
  inputs: Artifact[],
  feedback: string[],
  signal: AbortSignal,
): Promise<Performed> {
  const agent = ready.plan.team.agents.find(({ id }) => id === dispatch.agent);
  if (!agent)
    throw new OrreryError("TOPOLOGY_AGENT", `Topology "${ready.plan.topology.id}" asked for an agent "${dispatch.agent}" the team does not have.`, {
      todo: "Report this to the topology's author.",
    });
  const notes = [...feedback];
  for (let attempt = 1; ; attempt += 1) {
    const at = { path: dispatch.path, agent: agent.id, attempt };
    const step = draft(scope, ready, dispatch, agent, inputs, notes, attempt);
    try {
      await scope.log.write("step.started", {
        ...at,
        role: agent.role,
        skill: agent.skill,
        round: dispatch.round,
        key: step.key,
        inputs: dispatch.inputs,
        recalled: step.view.recalled.map(({ id }) => id),
        feedback: notes,
      });
      const { result, origin } = await answer(scope, ready, step, dispatch.instruction, signal);
      const artifact: Artifact = {
        step: dispatch.path,
        agent: agent.id,
        role: agent.role,
        skill: agent.skill,
        text: result.text,
        ...(result.data === undefined ? {} : { data: result.data }),
      };
      void scope.log.write("step.finished", { ...at, result });
      const judged = await judge(
        scope,
        "step.judge",
        {
          subject: "step",
          run: scope.task.run,
          task: scope.task.text,
          artifact,
          inputs,
          ...(ready.plan.collection ? { collection: ready.plan.collection } : {}),
          criteria: scope.task.criteria,
          model: result.model,
        },
        { attempt, maxAttempts: scope.limits.stepAttempts, step: origin.step },
      );
      await scope.log.write("step.judged", { ...at, ...judged });
      if (judged.decision.action === "retry" && attempt < scope.limits.stepAttempts) {
        notes.push(...judged.decision.feedback);
        continue;
      }
      if (rejects(judged.decision)) throw new StepRejected(agent.id, judged.decision.reasons);
      const score = mean(judged.verdicts);
      return {
        artifact,
        model: result.model,
        failure: undefined,
        fatal: undefined,
        settled: {
          path: dispatch.path,
          agent: agent.id,
          ok: true,
          text: result.text,
          ...(result.data === undefined ? {} : { data: result.data }),
          ...(score === undefined ? {} : { score }),
        },
      };
    } catch (thrown) {
      const error = failureOf(thrown);
      const cancelled = signal.aborted;
      if (cancelled)
        void scope.log.write("step.cancelled", { ...at, reason: scope.signal.aborted ? "the run was cancelled" : "the topology no longer needs it" });
      else void scope.log.write("step.failed", { ...at, error });
      return {
        artifact: undefined,
        model: undefined,
        failure: error,
        fatal: scope.signal.aborted || thrown instanceof BudgetDenied ? thrown : undefined,
        settled: { path: dispatch.path, agent: agent.id, ok: false, text: "", error: { code: error.code, message: error.message } },
      };
    }
  }
}

const rejects = ({ action }: Decision): boolean => action === "reject" || action === "escalate" || action === "redesign" || action === "retry";
const mean = (verdicts: readonly Verdict[]): number | undefined => {
  const scores = verdicts.filter(({ decision }) => decision !== "abstain").map(({ score }) => score);
  return scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length;
};

function draft(scope: RunScope, { plan }: Ready, dispatch: Dispatch, agent: Step["agent"], inputs: Artifact[], feedback: string[], attempt: number): Step {
  const { run, id, actor, workspace, text, constraints } = scope.task;
  return {
    run,
    task: id,
    path: dispatch.path,
    key: `${run}:${dispatch.path}:${attempt}`,
    attempt,
    agent,
    view: {
      task: text,
      ...(agent.focus ? { focus: agent.focus } : {}),
      round: dispatch.round,
      inputs,
      recalled: plan.recalled,
      thread: plan.thread,
      feedback: [...feedback],
    },
    ...(plan.collection ? { collection: plan.collection } : {}),
    spending: constraints.spending,
    localOnly: dispatch.localOnly ?? false,
    actor,
    workspace,
  };
}

/** Route → request → reserve → call → settle. */
async function answer(
  scope: RunScope,
  ready: Ready,
  drafted: Step,
  instruction: string | undefined,
  signal: AbortSignal,
): Promise<{ result: StepResult; origin: Origin }> {
  const { hooks, log, services, task, clock } = scope;
  const step = await hooks.call("step.before", drafted, { signal });
  const at = { path: step.path, agent: step.agent.id, attempt: step.attempt };
  const { chosen, model, by } = await routeOf(scope, step, signal);
  void log.write("step.routed", { ...at, model: chosen.model, why: chosen.why, considered: chosen.considered, by });

  const origin: Origin = {
    run: task.run,
    task: task.id,
    step: step.path,
    agent: step.agent.id,
    plugin: ready.topologyPlugin,
    actor: step.actor,
    workspace: step.workspace,
  };
  const request = await hooks.call("model.request", await requestOf(scope, step, chosen, model, origin, instruction, signal), { signal });
  const reservation = `${step.key}:call`;
  await reserve(
    scope,
    {
      reservation,
      origin,
      kind: "model",
      model: request.model,
      paid: model.paid,
      inputTokens: inputTokenBound(request),
      outputTokens: request.maxOutputTokens,
      spending: step.spending,
    },
    signal,
  );

  const started = clock.elapsed();
  let response: ModelResponse;
  try {
    const answered = await hooks.call("model.call", request, { signal, deadlineMs: scope.limits.modelDeadlineMs });
    if (!answered)
      throw new OrreryError("MODEL_UNANSWERED", `No provider answered for "${request.model}".`, { todo: "Run `orrery models` to see what is connected." });
    response = await hooks.call("model.response", answered.value, { signal });
  } catch (error) {
    // A paid call that was broken off may be on the bill: its reservation then stays without an end, in the ledger and in the journal.
    const maybeBilled = model.paid && (signal.aborted || !unbilledFailures.includes(failureOf(error).code));
    await services.ledger?.release(reservation, { maybeBilled });
    if (!maybeBilled) void log.write("budget.released", { reservation, origin });
    throw signal.aborted ? new Cancelled("while the model was answering") : error;
  }
  const durationMs = clock.elapsed() - started;
  const { nano, source } = (await services.ledger?.settle(reservation, response)) ?? { nano: 0, source: "no ledger: free models only" };
  void log.write("budget.settled", { reservation, origin, model: response.model, nano, usage: response.usage, source });
  const result: StepResult = {
    run: task.run,
    path: step.path,
    attempt: step.attempt,
    agent: step.agent.id,
    model: response.model,
    text: response.text,
    ...(response.data === undefined ? {} : { data: response.data }),
    usage: response.usage,
    costNano: nano,
    finish: response.finish,
    durationMs,
  };
  const rewritten = await hooks.call("step.after", result, { signal });
  if (rewritten.finish === "refused") throw refusal(rewritten);
  return { result: rewritten, origin };
}

async function routeOf(scope: RunScope, step: Step, signal: AbortSignal): Promise<{ chosen: Route; model: ModelInfo; by: string }> {
  const { constraints } = scope.task;
  const models = [...(await scope.models())];
  const committed = (await scope.services.ledger?.committed(step.run)) ?? 0;
  const preferred = constraints.model ?? step.agent.model;
  const routed = await scope.hooks.call(
    "task.route",
    { step, models, ...(preferred ? { preferred } : {}), remainingNano: Math.max(0, constraints.spending.capNano - committed) },
    { signal },
  );
  const model = routed && models.find(({ id }) => id === routed.value.model);
  if (!routed || !model) {
    const known = models.map(({ id }) => id).join(", ") || "none";
    throw new OrreryError(
      "ROUTE_NONE",
      `No model can take the step "${step.path}"${preferred ? ` (asked for "${preferred}")` : ""}. Models there are: ${known}.`,
      { todo: "Connect one with `orrery connect PROVIDER`, or leave --model out." },
    );
  }
  return { chosen: routed.value, model, by: routed.plugin };
}

async function requestOf(
  scope: RunScope,
  step: Step,
  chosen: Route,
  model: ModelInfo,
  origin: Origin,
  instruction: string | undefined,
  signal: AbortSignal,
): Promise<ModelRequest> {
  const { documents } = scope.services;
  const wanted = step.view.focus ?? step.view.task;
  const passages =
    model.kind === "generative" && documents && step.collection
      ? await documents.search(step.collection, wanted, { limit: scope.limits.passages, diversity: 0.3, signal })
      : [];
  const view = instruction === undefined ? step.view : { ...step.view, focus: [step.view.focus, instruction].filter(Boolean).join("\n") };
  return {
    id: step.key,
    origin,
    model: chosen.model,
    skill: step.agent.skill,
    ...promptOf(step, passages, instruction),
    view,
    ...(step.collection ? { collection: step.collection } : {}),
    maxOutputTokens: chosen.maxOutputTokens,
    temperature: 0,
  };
}

async function reserve(scope: RunScope, estimate: CallEstimate, signal: AbortSignal): Promise<void> {
  const outcome = await scope.hooks.call("budget.reserve", estimate, { signal });
  const reasons = outcome.reasons.filter(({ decision }) => decision !== "allow").map(({ plugin, reason }) => `${reason} (${plugin})`);
  // Nobody vouching for a paid call is a no.
  const vouched = outcome.reasons.some(({ decision }) => decision === "allow");
  if (outcome.decision !== "allow" || (estimate.paid && !vouched)) {
    await scope.services.ledger?.release(estimate.reservation);
    const why = reasons.length > 0 ? reasons : ["no cost plugin vouched for a paid call"];
    await scope.log.write("budget.denied", { origin: estimate.origin, model: estimate.model, reasons: why });
    throw new BudgetDenied(why);
  }
  const nano = (await scope.services.ledger?.reserved(estimate.reservation)) ?? 0;
  void scope.log.write("budget.reserved", { reservation: estimate.reservation, origin: estimate.origin, model: estimate.model, nano });
}
