import type { Dispatch } from "@orrery/sdk";
import { z } from "zod";
import { type Failure, failureOf, failurePolicy, type Topology, type TypedMove } from "../kit/index.ts";

export const sequentialConfig = z.strictObject({
  /** What an agent sees of those before it: the last output, or every one in order. */
  history: z.enum(["last", "all"]).default("last"),
  ...failurePolicy("fail"),
});
type Config = z.infer<typeof sequentialConfig>;
type State = { agents: string[]; at: number; outputs: string[]; failures: Failure[]; history: Config["history"]; onAgentFailure: Config["onAgentFailure"] };

const dispatch = (state: State): Dispatch => {
  const agent = state.agents[state.at] ?? "";
  return { path: `r0/${agent}`, agent, round: 0, inputs: state.history === "all" ? [...state.outputs] : state.outputs.slice(-1) };
};
const move = (state: State): TypedMove<State> =>
  state.at < state.agents.length
    ? { state, dispatch: [dispatch(state)] }
    : { state, dispatch: [], done: { output: state.outputs.at(-1), failures: state.failures } };

/**
 * `o_i = a_i(task, o_{i-1})`: a chain in the team's order, one agent at a time.
 * A skipped agent leaves a gap: the next one sees the last output there is. The outcome is the last output.
 */
export const sequential: Topology<Config, State> = {
  id: "sequential",
  config: sequentialConfig,
  problems: () => [],
  predict: (team) => ({ min: team.agents.length, expected: team.agents.length, max: team.agents.length }),
  edges: (team, config) =>
    team.agents.flatMap((to, i) => team.agents.slice(config.history === "all" ? 0 : Math.max(0, i - 1), i).map((from) => ({ from: from.id, to: to.id }))),
  start: (team, config) =>
    move({ agents: team.agents.map((agent) => agent.id), at: 0, outputs: [], failures: [], history: config.history, onAgentFailure: config.onAgentFailure }),
  next: (state, settled) => {
    if (settled.path !== dispatch(state).path) return { state, dispatch: [] };
    const after = { ...state, at: state.at + 1 };
    if (settled.ok) return move({ ...after, outputs: [...state.outputs, settled.path] });
    const failures = [...state.failures, failureOf(settled)];
    if (state.onAgentFailure === "fail") return { state: { ...after, failures }, dispatch: [], done: { output: undefined, failures } };
    return move({ ...after, failures });
  },
};
