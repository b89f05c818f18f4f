import { type Artifact, type Decision, type Dispatch, OrreryError, type Settled, type Step, type StepResult, type Team, type Verdict } from "@orrery/sdk";
import { callModel } from "./call-model.ts";
import { BudgetDenied, Cancelled, type Failure, failureOf, StepRejected } from "./failure.ts";
import { type Judged, judge } from "./judge.ts";
import type { PastStep } from "./past.ts";
import { recalledBy } from "./prompt.ts";
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

/**
 * One dispatch, carried through gates, route, reservation, call, settlement and judgement, again where a judge sends it back.
 * What the journal has of it is taken from there. Between the entry that settles it and its return nothing is awaited:
 * steps land in the order of their entries, and a run that is carried on hears of them in the same order.
 */
export async function performStep(
  scope: RunScope,
  ready: Ready,
  dispatch: Dispatch,
  inputs: Artifact[],
  feedback: string[],
  signal: AbortSignal,
): Promise<Performed> {
  const agent = agentOf(ready, dispatch);
  const past = scope.past.steps.get(dispatch.path);
  const notes = [...feedback];
  for (let attempt = 1; ; attempt += 1) {
    const at = { path: dispatch.path, agent: agent.id, attempt };
    try {
      if (attempt === 1 && gatesAt(ready, "before", agent.id).length > 0) await askAt(scope, ready, "before", agent.id, dispatch.path, signal);
      const known = past?.attempts[attempt - 1];
      const result = known?.result ?? (await attemptStep(scope, ready, dispatch, agent, inputs, notes, attempt, signal));
      const artifact = artifactOf(agent, result);
      const judged = known?.judged ?? (await judgeStep(scope, ready, artifact, inputs, result));
      if (!known?.judged) scope.log.note("step.judged", { ...at, ...judged });
      if (judged.decision.action === "retry" && attempt < scope.limits.stepAttempts) {
        notes.push(...judged.decision.feedback);
        continue;
      }
      if (rejects(judged.decision)) throw new StepRejected(agent.id, judged.decision.reasons);
      if (gatesAt(ready, "after", agent.id).length > 0) {
        await askAt(scope, ready, "after", agent.id, dispatch.path, signal);
        void scope.log.write("step.approved", at);
      }
      return settledWell(artifact, result, judged.verdicts);
    } catch (thrown) {
      const error = failureOf(thrown);
      // A run that is let go leaves the step as it stands: whoever carries it on begins with its intent.
      if (scope.control.letGo) return settledBadly(at, error, scope.signal.reason);
      if (signal.aborted) {
        const reason = scope.signal.aborted ? "the run was cancelled" : "the topology no longer needs it";
        void scope.log.write("step.cancelled", { ...at, reason });
        return settledBadly(at, failureOf(new Cancelled(reason)), scope.signal.aborted ? scope.signal.reason : undefined);
      }
      void scope.log.write("step.failed", { ...at, error });
      return settledBadly(at, error, thrown instanceof BudgetDenied ? thrown : undefined);
    }
  }
}

/** What the journal says the step came to, without doing any of it. */
export function performedBefore(ready: Ready, dispatch: Dispatch, past: PastStep): Performed {
  const last = past.attempts.at(-1);
  const { settled } = past;
  if (settled?.ok && last?.result && last.judged) return settledWell(artifactOf(agentOf(ready, dispatch), last.result), last.result, last.judged.verdicts);
  const failure = settled && !settled.ok ? settled.failure : { code: "STEP_FAILED", message: "its journal does not say why" };
  const fatal = settled && !settled.ok && settled.fatal ? new BudgetDenied([failure.message]) : undefined;
  return settledBadly(dispatch, failure, fatal);
}

/** The agent for this step: with the skill that the step wants of it. */
function agentOf({ plan }: Ready, { agent: id, skill }: Dispatch): Step["agent"] {
  const agent = plan.team.agents.find((each) => each.id === id);
  if (agent) return skill === undefined ? agent : { ...agent, skill };
  throw new OrreryError("TOPOLOGY_AGENT", `Topology "${plan.topology.id}" asked for an agent "${id}" the team does not have.`, {
    todo: "Report this to the topology's author.",
  });
}

/** The intent, durable before the call; then the call. */
async function attemptStep(
  scope: RunScope,
  ready: Ready,
  dispatch: Dispatch,
  agent: Step["agent"],
  inputs: Artifact[],
  notes: string[],
  attempt: number,
  signal: AbortSignal,
): Promise<StepResult> {
  if (scope.control.paused) await scope.control.clear();
  const { instructions } = scope.control;
  const step = draft(scope, ready, dispatch, agent, inputs, notes, attempt);
  await scope.log.write("step.started", {
    path: dispatch.path,
    agent: agent.id,
    attempt,
    role: agent.role,
    skill: agent.skill,
    round: dispatch.round,
    key: step.key,
    inputs: dispatch.inputs,
    recalled: step.view.recalled.map(({ id }) => id),
    feedback: [...notes, ...instructions],
    ...askedIn(dispatch),
  });
  const instruction = [dispatch.instruction, ...instructions].filter((line) => line !== undefined).join("\n");
  const { result } = await callModel(scope, ready, step, instruction === "" ? undefined : instruction, signal);
  scope.log.note("step.finished", { path: dispatch.path, agent: agent.id, attempt, result });
  return result;
}

/** What the topology asks of the agent, for whoever reads the journal: bounded, so that it grows with the steps and not with their texts. */
function askedIn({ task, instruction, guidance }: Dispatch): { asked?: { task?: string; instruction?: string; guidance?: string } } {
  if (task === undefined && instruction === undefined && guidance === undefined) return {};
  const clip = (text: string): string => (text.length <= 500 ? text : `${text.slice(0, 499)}…`);
  return {
    asked: {
      ...(task === undefined ? {} : { task: clip(task) }),
      ...(instruction === undefined ? {} : { instruction: clip(instruction) }),
      ...(guidance === undefined ? {} : { guidance: clip(guidance) }),
    },
  };
}

const judgeStep = (scope: RunScope, ready: Ready, artifact: Artifact, inputs: Artifact[], result: StepResult): Promise<Judged> =>
  judge(
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
      ...schemaFor(ready, artifact.agent),
      model: result.model,
    },
    { attempt: result.attempt, maxAttempts: scope.limits.stepAttempts, step: result.path },
  );

const schemaFor = ({ plan }: Ready, id: string) => {
  const output = plan.team.agents.find((agent) => agent.id === id)?.output;
  return output ? { schema: output } : {};
};

const noGates: NonNullable<Team["gates"]> = [];
const gatesAt = ({ plan }: Ready, place: "before" | "after", agent: string) => plan.team.gates?.filter((gate) => gate[place] === agent) ?? noGates;

async function askAt(scope: RunScope, ready: Ready, place: "before" | "after", agent: string, path: string, signal: AbortSignal): Promise<void> {
  for (const { id, ask } of gatesAt(ready, place, agent)) await scope.control.ask(scope.log, { id, ask, path, agent }, signal);
}

const artifactOf = ({ id, role, skill }: Step["agent"], { path, text, data }: StepResult): Artifact => ({
  step: path,
  agent: id,
  role,
  skill,
  text,
  ...(data === undefined ? {} : { data }),
});

function settledWell(artifact: Artifact, { path, agent, text, data, model }: StepResult, verdicts: readonly Verdict[]): Performed {
  const score = mean(verdicts);
  return {
    artifact,
    model,
    failure: undefined,
    fatal: undefined,
    settled: { path, agent, ok: true, text, ...(data === undefined ? {} : { data }), ...(score === undefined ? {} : { score }) },
  };
}

const settledBadly = ({ path, agent }: { path: string; agent: string }, failure: Failure, fatal: unknown): Performed => ({
  artifact: undefined,
  model: undefined,
  failure,
  fatal,
  settled: { path, agent, ok: false, text: "", error: { code: failure.code, message: failure.message } },
});

const rejects = ({ action }: Decision): boolean => action === "reject" || action === "escalate" || action === "redesign" || action === "retry";
const mean = (verdicts: readonly Verdict[]): number | undefined => {
  const scores = verdicts.filter(({ decision }) => decision !== "abstain").map(({ score }) => score);
  return scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length;
};

function draft(scope: RunScope, { plan }: Ready, dispatch: Dispatch, agent: Step["agent"], inputs: Artifact[], feedback: string[], attempt: number): Step {
  const { run, id, actor, workspace, text, constraints } = scope.task;
  const { bare = false } = dispatch;
  return {
    run,
    task: id,
    path: dispatch.path,
    key: `${run}:${dispatch.path}:${attempt}`,
    attempt,
    agent,
    view: {
      task: dispatch.task ?? text,
      ...(agent.focus ? { focus: agent.focus } : {}),
      ...(dispatch.guidance ? { guidance: dispatch.guidance } : {}),
      round: dispatch.round,
      inputs,
      recalled: bare ? [] : recalledBy(agent.id, plan.recalled),
      thread: bare ? [] : plan.thread,
      feedback: [...feedback],
    },
    ...(plan.collection && !bare ? { collection: plan.collection } : {}),
    spending: constraints.spending,
    localOnly: dispatch.localOnly ?? false,
    temperature: dispatch.temperature ?? 0,
    actor,
    workspace,
  };
}
