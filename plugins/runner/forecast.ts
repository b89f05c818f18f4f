import type { Forecast, HookSession, Ledger, Lifecycle, ModelInfo, PluginContext, RunRequest, Task } from "@orrery/sdk";
import { estimateOf, materialOf } from "./estimate.ts";
import { planTask } from "./plan-task.ts";
import type { Observed } from "./observed.ts";
import type { RunnerConfig } from "./run-scope.ts";

interface Given {
  hooks: HookSession<Lifecycle>;
  context: Pick<PluginContext, "find" | "services">;
  ledger: Ledger | undefined;
  limits: RunnerConfig;
  models: readonly ModelInfo[];
  observed: Observed;
  signal: AbortSignal;
}

/** What the run would do and cost, without doing it. */
export async function forecastOf(task: Task, request: RunRequest, { hooks, context, ...given }: Given): Promise<Forecast> {
  const planned = await planTask({ task, hooks, signal: given.signal }, request, context, undefined, []);
  const { plan, predicted, edges } = planned;
  const bytes = (request.files ?? []).reduce((sum, file) => sum + file.bytes.length, request.documentBytes ?? 0);
  // Asked as if spending were agreed to: the forecast is what the agreement is about.
  const agreed = { ...plan, task: { ...task, constraints: { ...task.constraints, spending: { ...task.constraints.spending, allowed: true } } } };
  const { estimate, models } = await estimateOf({ plan: agreed, predicted, edges }, { hooks, ...given, material: bytes === 0 ? undefined : materialOf(bytes) });
  return { team: plan.team, topology: plan.topology.id, edges, predicted, estimate, models };
}
