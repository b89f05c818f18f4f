import { type ModelInfo, type ModelRequest, OrreryError, type Step } from "@orrery/sdk";
import { reservedCall } from "./reserved-call.ts";
import type { RunScope } from "./run-scope.ts";

export type Answered = Awaited<ReturnType<typeof reservedCall>>;

/**
 * Request → reserve → call → settle, under the reservation's name. The request's origin and id are the runner's to say:
 * no rewriter changes whom a call is billed to.
 */
export async function askModel(
  scope: RunScope,
  step: Step,
  routed: ModelInfo,
  drafted: ModelRequest,
  reservation: string,
  signal: AbortSignal,
): Promise<Answered> {
  const { id, origin } = drafted;
  const request = scope.hooks.tapped("model.request") ? { ...(await scope.hooks.call("model.request", drafted, { signal })), id, origin } : drafted;
  const model = request.model === routed.id ? routed : await known(scope, request.model);
  return reservedCall(scope, request, model, { reservation, spending: step.spending }, signal);
}

/** The model a rewriter sent the request to: priced and counted as what it is. */
async function known(scope: RunScope, id: string): Promise<ModelInfo> {
  const model = (await scope.models()).find((each) => each.id === id);
  if (model) return model;
  throw new OrreryError("ROUTE_NONE", `A plugin sent the request to "${id}", which is no model there is.`, {
    todo: "See `orrery plugins explain model.request`.",
  });
}
