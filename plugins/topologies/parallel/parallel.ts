import type { Settled } from "@orrery/sdk";
import { type Answer, answerOf, best, type Failure, failureOf, type Topology, type TypedMove } from "../kit/index.ts";
import { type ParallelConfig, parallelConfig, problemsOf, type Reducer, shape } from "./config.ts";
import { reduce } from "./reduce.ts";

type State = {
  workers: string[];
  join: ParallelConfig["join"];
  k: number;
  acceptAt: number;
  reducer: Reducer;
  onAgentFailure: ParallelConfig["onAgentFailure"];
  waiting: string[];
  answers: Answer[];
  failures: Failure[];
  /** The reducing agent's path once it was asked. */
  reducing: string | null;
  over: boolean;
};
type Move = TypedMove<State>;

const workerPath = (agent: string): string => `r0/${agent}`;
const ignore = (state: State): Move => ({ state, dispatch: [] });

function finish(state: State, result: { output: string | undefined; text?: string }): Move {
  const over = { ...state, waiting: [], over: true };
  return { state: over, dispatch: [], ...(state.waiting.length > 0 ? { cancel: state.waiting } : {}), done: { ...result, failures: state.failures } };
}

function join(state: State): Move {
  const { reducer, answers } = state;
  if (answers.length === 0) return finish(state, { output: undefined });
  if (typeof reducer === "string") return finish(state, reduce(reducer, answers));
  const path = `r1/${reducer.agent}`;
  const dispatch = [{ path, agent: reducer.agent, round: 1, inputs: answers.map((answer) => answer.path) }];
  return { state: { ...state, waiting: [], reducing: path }, dispatch, ...(state.waiting.length > 0 ? { cancel: state.waiting } : {}) };
}

function afterWorker(state: State, settled: Settled): Move {
  if (!settled.ok && state.onAgentFailure === "fail") return finish(state, { output: undefined });
  if (state.join === "first-accepted") {
    const accepted = settled.ok && (settled.score === undefined || settled.score >= state.acceptAt);
    if (accepted) return finish(state, { output: settled.path });
    return state.waiting.length > 0 ? ignore(state) : finish(state, { output: best(state.answers)?.path });
  }
  if (state.join === "k-of-n") {
    if (state.answers.length >= state.k) return join(state);
    return state.answers.length + state.waiting.length < state.k ? finish(state, { output: undefined }) : ignore(state);
  }
  return state.waiting.length > 0 ? ignore(state) : join(state);
}

function afterReducer(state: State, settled: Settled): Move {
  if (settled.ok) return finish(state, { output: settled.path });
  const failed = { ...state, failures: [...state.failures, failureOf(settled)] };
  return finish(failed, state.onAgentFailure === "fail" ? { output: undefined } : reduce("concat", state.answers));
}

/**
 * `o_i = a_i(task)`: everybody at once on the same view, nobody sees another's work; then the answers become one.
 * Where a reducing agent fails and failures are skipped, the answers are put one after another instead.
 */
export const parallel: Topology<ParallelConfig, State> = {
  id: "parallel",
  config: parallelConfig,
  problems: problemsOf,
  predict: (team, config) => {
    const { workers, reducer } = shape(team, config);
    const more = typeof reducer === "object" ? 1 : 0;
    const enough = { all: workers.length, "k-of-n": config.k ?? workers.length, "first-accepted": 1 }[config.join];
    return { min: enough + more, expected: workers.length + more, max: workers.length + more };
  },
  edges: (team, config) => {
    const { workers, reducer } = shape(team, config);
    return typeof reducer === "object" ? workers.map((from) => ({ from, to: reducer.agent })) : [];
  },
  start: (team, config) => {
    const { workers, reducer } = shape(team, config);
    const { join, acceptAt, onAgentFailure, k = workers.length } = config;
    const paths = workers.map(workerPath);
    return {
      state: { workers, join, k, acceptAt, reducer, onAgentFailure, waiting: paths, answers: [], failures: [], reducing: null, over: false },
      dispatch: workers.map((agent) => ({ path: workerPath(agent), agent, round: 0, inputs: [] })),
    };
  },
  next: (state, settled) => {
    if (state.over) return ignore(state);
    if (settled.path === state.reducing) return afterReducer(state, settled);
    if (!state.waiting.includes(settled.path)) return ignore(state);
    const waiting = state.waiting.filter((path) => path !== settled.path);
    if (!settled.ok) return afterWorker({ ...state, waiting, failures: [...state.failures, failureOf(settled)] }, settled);
    const order = state.workers.map(workerPath);
    const answers = [...state.answers, answerOf(settled)].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
    return afterWorker({ ...state, waiting, answers }, settled);
  },
};
