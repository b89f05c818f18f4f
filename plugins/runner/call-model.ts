import { lazy, type ModelInfo, type ModelRequest, type Origin, OrreryError, type Route, type Step, type StepResult } from "@orrery/sdk";
import { askModel } from "./ask-model.ts";
import { refusal } from "./failure.ts";
import { promptOf } from "./prompt.ts";
import type { Ready, RunScope } from "./run-scope.ts";

const loadTools = lazy(() => import("./tools/converse.ts"));

/** Route → ask, with tools where the agent has some → result. */
export async function callModel(
  scope: RunScope,
  ready: Ready,
  planned: Step,
  instruction: string | undefined,
  signal: AbortSignal,
): Promise<{ result: StepResult; origin: Origin }> {
  const { hooks, log, task } = scope;
  const step = hooks.tapped("step.before") ? await hooks.call("step.before", planned, { signal }) : planned;
  const at = { path: step.path, agent: step.agent.id, attempt: step.attempt };
  const { chosen, model: routed, by } = await routeOf(scope, step, signal);
  log.note("step.routed", { ...at, model: chosen.model, why: chosen.why, considered: chosen.considered, by });

  const origin: Origin = {
    run: task.run,
    task: task.id,
    step: step.path,
    agent: step.agent.id,
    plugin: ready.topologyPlugin,
    actor: step.actor,
    workspace: step.workspace,
  };
  const drafted = await requestOf(scope, step, chosen, routed, origin, instruction, signal);
  // The step's key stays the same when a crash makes it be called again; what was reserved then may be gone.
  const reservation = scope.epoch === 1 ? `${step.key}:call` : `${step.key}:call:${scope.epoch}`;
  const { response, nano, durationMs } =
    step.agent.tools.length > 0 && routed.kind === "generative"
      ? await (await loadTools()).converse(scope, step, routed, drafted, reservation, signal)
      : await askModel(scope, step, routed, drafted, reservation, signal);
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
  const rewritten = hooks.tapped("step.after") ? await hooks.call("step.after", result, { signal }) : result;
  if (rewritten.finish === "refused") throw refusal(rewritten);
  return { result: rewritten, origin };
}

async function routeOf(scope: RunScope, step: Step, signal: AbortSignal): Promise<{ chosen: Route; model: ModelInfo; by: string }> {
  const { constraints } = scope.task;
  const models = [...(await scope.models())];
  const { capNano } = constraints.spending;
  const committed = capNano > 0 ? ((await scope.services.ledger?.committed(step.run)) ?? 0) : 0;
  const preferred = constraints.model ?? step.agent.model;
  const routed = await scope.hooks.call(
    "task.route",
    { step, models, ...(preferred ? { preferred } : {}), remainingNano: Math.max(0, capNano - committed) },
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
    temperature: step.temperature,
  };
}
