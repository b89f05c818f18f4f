import type { AgentView } from "./agent-view.ts";
import type { StepView } from "./run-view.ts";

export type Row = { kind: "agent"; agent: AgentView; steps: number } | { kind: "step"; step: StepView };

/** Steps of one agent that are listed; its newest. */
const mostSteps = 100;

/** The outline's rows from the top: each agent, and under those that are open their newest steps. */
export function rowsOf(agents: readonly AgentView[], steps: readonly StepView[], open: ReadonlySet<string>): Row[] {
  const own = new Map<string, StepView[]>();
  for (const step of steps) {
    const list = own.get(step.agent);
    if (list) list.push(step);
    else own.set(step.agent, [step]);
  }
  return agents.flatMap((agent): Row[] => {
    const all = own.get(agent.id) ?? [];
    const listed = open.has(agent.id) ? all.slice(-mostSteps) : [];
    return [{ kind: "agent", agent, steps: all.length }, ...listed.map((step): Row => ({ kind: "step", step }))];
  });
}
