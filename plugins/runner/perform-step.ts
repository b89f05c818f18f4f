import { type Artifact, type Decision, type Dispatch, OrreryError, type Settled, type Step, type Verdict } from "@orrery/sdk";
import { callModel } from "./call-model.ts";
import { BudgetDenied, type Failure, failureOf, StepRejected } from "./failure.ts";
import { judge } from "./judge.ts";
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
      const { result, origin } = await callModel(scope, ready, step, dispatch.instruction, signal);
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
      recalled: bare ? [] : plan.recalled,
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
