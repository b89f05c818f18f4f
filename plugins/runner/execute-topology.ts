import { type Artifact, type Dispatch, type Json, type Move, OrreryError, type Settled, type TopologyExecutor } from "@orrery/sdk";
import { AgentsFailed, Cancelled, type Failure } from "./failure.ts";
import { type Performed, performStep } from "./perform-step.ts";
import type { Ready, RunScope } from "./run-scope.ts";

export interface Executed {
  artifact: Artifact;
  model: string;
  failures: { agent: string; path: string; code: string; message: string }[];
  facts: Record<string, Json>;
}

/**
 * Drives a topology's state machine to its end: dispatches up to the concurrency limit, feeds each settled step back,
 * one at a time, and stops what the topology cancels. `prefix` keeps the paths of a repeated task apart; `progress` counts
 * what was launched, also when this throws.
 */
export async function executeTopology(
  scope: RunScope,
  ready: Ready,
  executor: TopologyExecutor,
  prefix: string,
  feedback: string[],
  progress: { calls: number },
): Promise<Executed> {
  const { team, topology } = ready.plan;
  const artifacts = new Map<string, Artifact>();
  const models = new Map<string, string>();
  const faults: { agent: string; failure: Failure }[] = [];
  const flights = new Map<string, { abort: AbortController; landed: Promise<Performed & { path: string }> }>();
  const queue: Dispatch[] = [];
  const seen = new Set<string>();
  let state: Json = null;
  let done: Move["done"];

  const take = (move: Move): void => {
    state = move.state;
    done = move.done;
    for (const path of move.cancel ?? []) {
      const waiting = queue.findIndex((dispatch) => dispatch.path === path);
      if (waiting >= 0) queue.splice(waiting, 1);
      flights.get(path)?.abort.abort();
    }
    for (const dispatch of move.dispatch) {
      if (seen.has(dispatch.path))
        throw new OrreryError("TOPOLOGY_REPEATED", `Topology "${topology.id}" dispatched "${dispatch.path}" twice.`, {
          todo: "Report this to the topology's author.",
        });
      seen.add(dispatch.path);
      if (seen.size > scope.limits.maxSteps)
        throw new OrreryError("TOPOLOGY_RUNAWAY", `Topology "${topology.id}" asked for more than ${scope.limits.maxSteps} steps.`, {
          todo: "Lower its rounds, or raise the runner's maxSteps.",
        });
      queue.push(dispatch);
    }
  };
  const launch = (dispatch: Dispatch): void => {
    progress.calls += 1;
    const abort = new AbortController();
    const signal = AbortSignal.any([scope.signal, abort.signal]);
    const given = (dispatch.given ?? []).map(
      ({ from, ...rest }): Artifact => ({ step: `${prefix}(${from})`, agent: from, role: from, skill: topology.id, ...rest }),
    );
    const inputs = [...dispatch.inputs.flatMap((path) => artifacts.get(path) ?? []), ...given];
    const prefixed = { ...dispatch, path: prefix + dispatch.path, inputs: dispatch.inputs.map((path) => prefix + path) };
    const landed = performStep(scope, ready, prefixed, inputs, feedback, signal).then((performed) => ({ ...performed, path: dispatch.path }));
    flights.set(dispatch.path, { abort, landed });
  };

  try {
    take(await executor.start(team, topology.config, scope.task.text));
    while (!done) {
      while (queue.length > 0 && flights.size < scope.limits.concurrency) launch(queue.shift() as Dispatch);
      if (flights.size === 0)
        throw new OrreryError("TOPOLOGY_STALLED", `Topology "${topology.id}" waits for nothing and is not done.`, {
          todo: "Report this to the topology's author.",
        });
      const landed = await Promise.race([...flights.values()].map(({ landed }) => landed));
      flights.delete(landed.path);
      if (scope.signal.aborted) throw landed.fatal ?? new Cancelled("by request");
      if (landed.fatal) throw landed.fatal;
      if (landed.failure) faults.push({ agent: landed.settled.agent, failure: landed.failure });
      if (landed.artifact) artifacts.set(landed.path, landed.artifact);
      if (landed.model) models.set(landed.path, landed.model);
      const settled: Settled = { ...landed.settled, path: landed.path };
      take(await executor.next(state, settled));
    }
  } finally {
    for (const { abort } of flights.values()) abort.abort();
    await Promise.allSettled([...flights.values()].map(({ landed }) => landed));
  }

  const { output, text, failures, facts = {} } = done;
  const source = output === undefined ? undefined : artifacts.get(output);
  if (!source && text === undefined) {
    if (faults.length > 0) throw new AgentsFailed(faults);
    const why = failures.map(({ message }) => message).join("; ") || "it did not say why";
    throw new OrreryError("TOPOLOGY_EMPTY", `Topology "${topology.id}" ended without an output: ${why}.`, { todo: "See the failed steps in the trace." });
  }
  const artifact: Artifact =
    source && text === undefined
      ? source
      : { ...(source ?? { step: `${prefix}(reduced)`, agent: topology.id, role: "reducer", skill: "reduce" }), text: text ?? source?.text ?? "" };
  return { artifact, model: (output && models.get(output)) || [...models.values()].at(-1) || "", failures, facts };
}
