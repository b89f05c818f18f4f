import type { Forecast, HookSession, Ledger, Lifecycle, NanoUsd, PluginContext, RunRequest, Step, Task } from "@orrery/sdk";
import { planTask } from "./plan-task.ts";

/** Tokens assumed for a call nobody has made yet: a prompt with passages, and an answer of a page. For a forecast, never for a bill. */
const typical = { input: 6_000, output: 900, inputMost: 24_000 };

/** What the run would do and cost, without doing it. Each agent is assumed to be called equally often. */
export async function forecastOf(
  task: Task,
  request: RunRequest,
  hooks: HookSession<Lifecycle>,
  context: Pick<PluginContext, "find" | "services">,
  ledger: Ledger | undefined,
  signal: AbortSignal,
): Promise<Forecast> {
  const { plan, predicted, edges } = await planTask({ task, hooks, signal }, request, context, undefined, []);
  const models = (await hooks.call("model.list", { refresh: false })).flatMap((answer) => (answer.ok ? answer.value : []));
  // Asked as if spending were agreed to: the forecast is what the agreement is about.
  const spending = { ...task.constraints.spending, allowed: true };
  const rows: Forecast["models"] = [];
  let expectedNano: NanoUsd | undefined = 0;
  let maxNano: NanoUsd | undefined = 0;
  const share = plan.team.agents.length;
  for (const agent of plan.team.agents) {
    const step: Step = {
      run: task.run,
      task: task.id,
      path: `forecast/${agent.id}`,
      key: `${task.run}:forecast`,
      attempt: 1,
      agent,
      view: { task: task.text, round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
      spending,
      localOnly: false,
      temperature: 0,
      actor: task.actor,
      workspace: task.workspace,
    };
    const preferred = task.constraints.model ?? agent.model;
    const routed = await hooks.call("task.route", { step, models, ...(preferred ? { preferred } : {}), remainingNano: spending.capNano }, { signal });
    const model = models.find(({ id }) => id === routed?.value.model);
    if (!routed || !model) continue;
    rows.push({ agent: agent.id, model: model.id, why: routed.value.why, paid: model.paid });
    if (!model.paid) continue;
    const expected = await ledger?.price(model.id, typical.input, typical.output);
    const most = await ledger?.price(model.id, typical.inputMost, routed.value.maxOutputTokens);
    expectedNano = expected === undefined || expectedNano === undefined ? undefined : expectedNano + Math.ceil((expected * predicted.expected) / share);
    maxNano = most === undefined || maxNano === undefined ? undefined : maxNano + Math.ceil((most * predicted.max) / share);
  }
  const tokens = { input: typical.input * predicted.expected, output: typical.output * predicted.expected };
  return { team: plan.team, topology: plan.topology.id, edges, predicted, tokens, models: rows, expectedNano, maxNano };
}
