import type { Turn } from "./agent-view.ts";
import type { StepState, StepView } from "./run-view.ts";

/** One step of a long chain that is voted on, as a cell of the strip; several where there are too many to see. */
export interface Cell {
  /** The first step and the last, by their place in the chain. */
  from: number;
  to: number;
  state: StepState | "pending";
  samples: number;
}
const order: readonly StepState[] = ["running", "judging", "retrying", "failed", "cancelled", "done"];

/** At most `most` cells for all steps begun: each tells what is most alive or most wrong in it. */
export function cellsOf(turns: readonly Turn[], most: number): Cell[] {
  const each = Math.max(1, Math.ceil(turns.length / most));
  return Array.from({ length: Math.ceil(turns.length / each) }, (_, i): Cell => {
    const own = turns.slice(i * each, (i + 1) * each);
    const steps = own.flatMap((turn) => turn.steps);
    // A sample that failed or was no longer needed does not make its step fail: another was drawn.
    const states = own.map(({ steps: all }) => (all.some(({ state }) => state === "done") && all.every(settled) ? "done" : stateOf(all)));
    const state = order.find((wanted) => states.includes(wanted)) ?? "done";
    return { from: i * each, to: Math.min(turns.length, (i + 1) * each) - 1, state, samples: steps.length };
  });
}
const settled = ({ state }: StepView): boolean => state === "done" || state === "failed" || state === "cancelled";
const stateOf = (steps: readonly StepView[]): StepState => order.find((state) => steps.some((step) => step.state === state)) ?? "done";

export interface Vote {
  answer: string;
  votes: number;
}
/** The answers of one step's samples, the most frequent first; white space does not tell two apart. */
export function votesOf(turn: Turn | undefined): Vote[] {
  const votes = new Map<string, Vote>();
  for (const { state, text } of turn?.steps ?? []) {
    if (state !== "done") continue;
    const key = text.replace(/\s+/g, " ").trim();
    const known = votes.get(key);
    votes.set(key, { answer: known?.answer ?? text.trim(), votes: (known?.votes ?? 0) + 1 });
  }
  return [...votes.values()].sort((a, b) => b.votes - a.votes);
}
