import { type AgentView, meanScore } from "../agent-view.ts";
import type { StepView } from "../run-view.ts";
import type { Edge } from "./edges.ts";

/** A run in layers as a drawing of its steps: each stands for itself, under its path, and hears what it was shown. */
export function unroll(steps: readonly StepView[]): { agents: AgentView[]; edges: Edge[]; steps: StepView[] } {
  const latest = new Map(steps.map((step) => [step.path, step]));
  const agents = [...latest.values()].map((step): AgentView => {
    const { path, agent, role, skill, state, nano, judged } = step;
    return { id: path, role: `${agent}, ${role}`, skill, focus: agent, state, step, nano, calls: 1, score: meanScore(judged?.verdicts) };
  });
  const edges = [...latest.values()].flatMap(({ path, inputs }) => inputs.map((from) => ({ from, to: path })));
  return { agents, edges, steps: steps.map((step) => ({ ...step, agent: step.path })) };
}
