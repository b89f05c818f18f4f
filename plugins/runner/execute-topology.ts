import { type Artifact, type Dispatch, type Json, type Move, OrreryError, type Settled, type TopologyExecutor } from "@orrery/sdk";
import { AgentsFailed, Cancelled, type Failure } from "./failure.ts";
import { type Performed, performedBefore, performStep } from "./perform-step.ts";
import { checkAsked, checkPath, diverged, settledUnder } from "./replay.ts";
import type { Ready, RunScope } from "./run-scope.ts";

export interface Executed {
  artifact: Artifact;
  model: string;
  failures: { agent: string; path: string; code: string; message: string }[];
  facts: Record<string, Json>;
}
type Landed = Performed & { path: string };

/**
 * Drives a topology's state machine to its end: what the journal has settled is told to it first, in the same order; then it dispatches up to
 * the concurrency limit, feeds each settled step back, one at a time, and stops what the topology cancels. `prefix` keeps the paths of a repeated
 * task apart; `progress` counts what was launched, also when this throws.
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
  const { control } = scope;
  const artifacts = new Map<string, Artifact>();
  const models = new Map<string, string>();
  const faults: { agent: string; failure: Failure }[] = [];
  const flights = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  const landed: Landed[] = [];
  const queue = new Map<string, Dispatch>();
  const seen = new Map<string, Dispatch>();
  let state: Json = null;
  let done: Move["done"];
  let wake: () => void = () => {};

  const take = (move: Move): void => {
    state = move.state;
    done = move.done;
    for (const path of move.cancel ?? []) {
      queue.delete(path);
      flights.get(path)?.abort.abort();
    }
    for (const dispatch of move.dispatch) {
      if (seen.has(dispatch.path))
        throw new OrreryError("TOPOLOGY_REPEATED", `Topology "${topology.id}" dispatched "${dispatch.path}" twice.`, {
          todo: "Report this to the topology's author.",
        });
      seen.set(dispatch.path, dispatch);
      if (seen.size > scope.limits.maxSteps)
        throw new OrreryError("TOPOLOGY_RUNAWAY", `Topology "${topology.id}" asked for more than ${scope.limits.maxSteps} steps.`, {
          todo: "Lower its rounds, or raise the runner's maxSteps.",
        });
      queue.set(dispatch.path, dispatch);
    }
  };
  const hear = async (performed: Landed): Promise<void> => {
    if (performed.fatal) throw performed.fatal;
    if (performed.failure) faults.push({ agent: performed.settled.agent, failure: performed.failure });
    if (performed.artifact) artifacts.set(performed.path, performed.artifact);
    if (performed.model) models.set(performed.path, performed.model);
    const settled: Settled = { ...performed.settled, path: performed.path };
    take(await executor.next(state, settled));
  };
  const launch = (dispatch: Dispatch): void => {
    queue.delete(dispatch.path);
    progress.calls += 1;
    const abort = new AbortController();
    const given = (dispatch.given ?? []).map(
      ({ from, ...rest }): Artifact => ({ step: `${prefix}(${from})`, agent: from, role: from, skill: topology.id, ...rest }),
    );
    const inputs = [...dispatch.inputs.flatMap((path) => artifacts.get(path) ?? []), ...given];
    const prefixed = { ...dispatch, path: prefix + dispatch.path, inputs: dispatch.inputs.map((path) => prefix + path) };
    control.enter();
    const land = (performed: Performed): void => {
      control.leave();
      flights.delete(dispatch.path);
      landed.push({ ...performed, path: dispatch.path });
      wake();
    };
    const settled = { path: dispatch.path, agent: dispatch.agent, ok: false, text: "" };
    const ended = performStep(scope, ready, prefixed, inputs, feedback, abort.signal).then(land, (fatal) =>
      land({ settled, artifact: undefined, model: undefined, failure: undefined, fatal }),
    );
    flights.set(dispatch.path, { abort, ended });
  };
  /** Until something lands, or the run may start something again. */
  const rest = async (): Promise<void> => {
    control.leave();
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    control.enter();
  };

  const stop = (): void => {
    for (const { abort } of flights.values()) abort.abort(scope.signal.reason);
  };
  // One listener a run and not a joined signal a step, which costs as much as all else a step's signal is for.
  scope.signal.addEventListener("abort", stop, { once: true });
  const unlisten = control.listen(() => wake());
  try {
    take(await executor.start(team, topology.config, scope.task.text));
    for (const [path, past] of settledUnder(scope.past, prefix)) {
      if (done) break;
      const dispatch = seen.get(path);
      if (!dispatch) throw diverged(topology.id, `its journal has the step "${path}", and it did not ask for it`);
      checkPath(topology.id, dispatch, past, prefix);
      queue.delete(path);
      progress.calls += 1;
      await hear({ ...performedBefore(ready, { ...dispatch, path: prefix + path }, past), path });
    }
    if (!done) checkAsked(topology.id, seen, scope.past, prefix);
    while (!done) {
      if (scope.signal.aborted) throw scope.signal.reason ?? new Cancelled("by request");
      // A step that waits for a person holds no place.
      for (const dispatch of queue.values()) {
        if (control.paused || flights.size - control.atGates >= scope.limits.concurrency) break;
        launch(dispatch);
      }
      const next = landed.shift();
      if (next) await hear(next);
      else if (flights.size === 0 && queue.size === 0)
        throw new OrreryError("TOPOLOGY_STALLED", `Topology "${topology.id}" waits for nothing and is not done.`, {
          todo: "Report this to the topology's author.",
        });
      else await rest();
    }
  } finally {
    unlisten();
    scope.signal.removeEventListener("abort", stop);
    for (const { abort } of flights.values()) abort.abort();
    await Promise.allSettled([...flights.values()].map(({ ended }) => ended));
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
