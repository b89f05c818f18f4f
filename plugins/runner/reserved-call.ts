import { type CallEstimate, type ModelInfo, type ModelRequest, type ModelResponse, type NanoUsd, OrreryError, unbilledFailures } from "@orrery/sdk";
import { BudgetDenied, Cancelled, failureOf } from "./failure.ts";
import { inputTokenBound } from "./prompt.ts";
import type { RunScope } from "./run-scope.ts";

export type Payer = Pick<CallEstimate, "reservation" | "spending">;
type Calling = Pick<RunScope, "hooks" | "log" | "services" | "clock" | "limits">;

/** One model call with its money: reserved before it, settled or released after it, each an entry. Throws BUDGET_EXCEEDED, RUN_CANCELLED and what the provider throws. */
export async function reservedCall(
  scope: Calling,
  request: ModelRequest,
  model: ModelInfo,
  { reservation, ...payer }: Payer,
  signal: AbortSignal,
): Promise<{ response: ModelResponse; nano: NanoUsd; durationMs: number }> {
  const { hooks, log, services, clock } = scope;
  const { origin } = request;
  const tokens = { inputTokens: inputTokenBound(request), outputTokens: request.maxOutputTokens };
  await reserve(scope, { reservation, origin, kind: "model", model: request.model, paid: model.paid, ...tokens, ...payer }, signal);

  const started = clock.elapsed();
  let response: ModelResponse;
  try {
    const answered = await hooks.call("model.call", request, { signal, deadlineMs: scope.limits.modelDeadlineMs });
    if (!answered)
      throw new OrreryError("MODEL_UNANSWERED", `No provider answered for "${request.model}".`, { todo: "Run `orrery models` to see what is connected." });
    response = hooks.tapped("model.response") ? await hooks.call("model.response", answered.value, { signal }) : answered.value;
  } catch (error) {
    // A paid call that was broken off may be on the bill: its reservation then stays without an end, in the ledger and in the journal.
    const maybeBilled = model.paid && (signal.aborted || !unbilledFailures.includes(failureOf(error).code));
    await services.ledger?.release(reservation, { maybeBilled });
    if (!maybeBilled) log.note("budget.released", { reservation, origin });
    throw signal.aborted ? stopOf(signal) : error;
  }
  const durationMs = clock.elapsed() - started;
  const { nano, source } = (await services.ledger?.settle(reservation, response)) ?? { nano: 0, source: "no ledger: free models only" };
  log.note("budget.settled", { reservation, origin, model: response.model, nano, usage: response.usage, source });
  return { response, nano, durationMs };
}

/** Why it was stopped: the run's own reason, or the topology's. */
const stopOf = ({ reason }: AbortSignal): unknown => (reason instanceof OrreryError ? reason : new Cancelled("while the model was answering"));

async function reserve(scope: Calling, estimate: CallEstimate, signal: AbortSignal): Promise<void> {
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
  const nano = estimate.paid ? ((await scope.services.ledger?.reserved(estimate.reservation)) ?? 0) : 0;
  const reserved = { reservation: estimate.reservation, origin: estimate.origin, model: estimate.model, nano };
  // Money that may be gone must be on record before it can go.
  if (estimate.paid) await scope.log.write("budget.reserved", reserved);
  else scope.log.note("budget.reserved", reserved);
}
