import { openGates } from "./gates.ts";
import type { RunView, StepView } from "./run-view.ts";

export interface AgentView {
  id: string;
  role: string;
  skill: string;
  focus: string | undefined;
  state: string;
  /** Its latest attempt. */
  step: StepView | undefined;
  nano: number;
  calls: number;
  score: number | undefined;
}

/** A round of the topology; a task done again begins with its first round anew. */
export interface Turn {
  name: string;
  steps: StepView[];
}

/** The rounds in which steps were started, in order. */
export function turnsOf(view: RunView): Turn[] {
  const turns = new Map<string, Turn>();
  for (const step of view.steps) {
    const again = /^t(\d+)\//.exec(step.path)?.[1];
    const name = `round ${step.round}${again === undefined ? "" : `, try ${again}`}`;
    const turn = turns.get(name);
    if (turn) turn.steps.push(step);
    else turns.set(name, { name, steps: [step] });
  }
  return [...turns.values()];
}

/** The team with each agent's latest attempt among `steps`. Agents the plan did not name come after those it did. */
export function agentsOf(view: RunView, steps: readonly StepView[] = view.steps): AgentView[] {
  const own = new Map<string, StepView[]>((view.planned?.plan.team.agents ?? []).map(({ id }) => [id, []]));
  for (const step of view.steps) if (!own.has(step.agent)) own.set(step.agent, []);
  for (const step of steps) own.get(step.agent)?.push(step);
  const asked = new Set(openGates(view).flatMap(({ agent }) => agent ?? []));
  const planned = new Map(view.planned?.plan.team.agents.map((agent) => [agent.id, agent]));
  return [...own].map(([id, steps]) => {
    const step = steps.at(-1);
    const about = planned.get(id) ?? view.steps.find(({ agent }) => agent === id);
    return {
      id,
      role: about?.role ?? "",
      skill: about?.skill ?? "",
      focus: planned.get(id)?.focus,
      step,
      state: asked.has(id) ? "gate" : (step?.state ?? "pending"),
      nano: steps.reduce((sum, { nano }) => sum + nano, 0),
      calls: steps.length,
      score: meanScore(step?.judged?.verdicts),
    };
  });
}

/** Mean of the judges that did not abstain. */
export function meanScore(verdicts: readonly { score: number; decision: string }[] | undefined): number | undefined {
  const counted = (verdicts ?? []).filter(({ decision }) => decision !== "abstain");
  return counted.length === 0 ? undefined : counted.reduce((sum, { score }) => sum + score, 0) / counted.length;
}
