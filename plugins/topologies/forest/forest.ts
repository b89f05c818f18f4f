import type { Json } from "@orrery/sdk";
import { type Answer, answerOf, best, concat, type Failure, failureOf, type Result, sameText, type Topology, type TypedMove, vote } from "../kit/index.ts";
import { depthOf, type ForestConfig, forestConfig, forestOf, type Merge, problemsOf } from "./config.ts";
import { routeOf } from "./route.ts";

/** One chosen tree at work: how far down its way it is, and what was made last on it. */
type Lane = { route: string[]; at: number; made: Answer | null };
type State = { lanes: Lane[]; merge: Merge; merging: string | null; failures: Failure[]; strict: boolean; facts: { [name: string]: Json }; over: boolean };
type Move = TypedMove<State>;

const guidance = "Your colleague's work comes from the one above you, who sees more of the whole. Answer your part of the task from what you know best.";
const merging = "Your colleagues each answered the task from their own field. Make one answer of theirs, in full and in order.";

const pathOf = ({ route, at }: Lane): string => `r${at}/${route[at] ?? ""}`;
const working = (lane: Lane): boolean => lane.at < lane.route.length;
const dispatch = (lane: Lane): Move["dispatch"][number] => ({
  path: pathOf(lane),
  agent: lane.route[lane.at] ?? "",
  round: lane.at,
  inputs: lane.made ? [lane.made.path] : [],
  ...(lane.made ? { guidance } : {}),
});

function end(state: State, result: Result): Move {
  const underWay = state.lanes.filter(working).map(pathOf);
  const over = { ...state, lanes: [], merging: null, over: true };
  return { state: over, dispatch: [], ...(underWay.length > 0 ? { cancel: underWay } : {}), done: { ...result, facts: state.facts, failures: state.failures } };
}

function byRule(rule: Exclude<Merge, object>, answers: readonly Answer[]): Result {
  if (rule === "best") return { output: best(answers)?.path };
  if (rule === "vote") return { output: vote(answers, { same: sameText })?.answer.path };
  return answers.length < 2 ? { output: answers[0]?.path } : { output: undefined, text: concat(answers) };
}

function merge(state: State): Move {
  const answers = state.lanes.flatMap((lane) => lane.made ?? []);
  if (typeof state.merge !== "object") return end(state, byRule(state.merge, answers));
  if (answers.length < 2) return end(state, { output: answers[0]?.path });
  const { agent } = state.merge;
  const round = Math.max(...state.lanes.map((lane) => lane.route.length));
  const path = `r${round}/${agent}`;
  const inputs = answers.map((answer) => answer.path);
  return { state: { ...state, merging: path }, dispatch: [{ path, agent, round, inputs, guidance: merging }] };
}

/**
 * A set of trees: a router scores them for the task and goes down in the best to the expert at a leaf; each chosen tree works by itself, from its root down,
 * and their results become one. A tree that has nothing to do with the task is not called; where none has, the fallback tree is.
 */
export const forest: Topology<ForestConfig, State> = {
  id: "forest",
  config: forestConfig,
  problems: problemsOf,
  predict: (team, config) => {
    const { roots, top } = forestOf(team, config);
    const deepest = roots.map((root) => depthOf(config.edges, root, (depths) => Math.max(...depths))).sort((a, b) => b - a);
    const shallowest = Math.min(...roots.map((root) => depthOf(config.edges, root, (depths) => Math.min(...depths))));
    const most = deepest.slice(0, top).reduce((sum, depth) => sum + depth, 0) + (typeof config.merge === "object" && top > 1 ? 1 : 0);
    return { min: shallowest, expected: most, max: most };
  },
  edges: (team, config) => {
    const { roots, agents } = forestOf(team, config);
    const { merge } = config;
    if (typeof merge !== "object" || roots.length < 2) return config.edges;
    const leaves = agents.filter(({ id }) => config.edges.every((edge) => edge.from !== id));
    return [...config.edges, ...leaves.map(({ id }) => ({ from: id, to: merge.agent }))];
  },
  start: async (team, config, task, encode) => {
    const { chosen, used, fellBack } = await routeOf(team, config, task, encode);
    const lanes = chosen.map(({ route }): Lane => ({ route, at: 0, made: null }));
    const facts = { trees: chosen, router: used, fallback: fellBack };
    return {
      state: { lanes, merge: config.merge, merging: null, failures: [], strict: config.onAgentFailure === "fail", facts, over: false },
      dispatch: lanes.map(dispatch),
    };
  },
  next: (state, settled) => {
    if (state.over) return { state, dispatch: [] };
    const heard = settled.ok ? state : { ...state, failures: [...state.failures, failureOf(settled)] };
    if (settled.path === state.merging) {
      const made = state.lanes.flatMap((lane) => lane.made ?? []);
      if (settled.ok) return end(state, { output: settled.path });
      return end(heard, state.strict ? { output: undefined } : byRule("concat", made));
    }
    const lane = state.lanes.find((one) => working(one) && pathOf(one) === settled.path);
    if (!lane) return { state, dispatch: [] };
    // Below one that failed, the next sees the last output there is on its way.
    const after: Lane = { ...lane, at: lane.at + 1, made: settled.ok ? answerOf(settled) : lane.made };
    const lanes = state.lanes.map((one) => (one === lane ? after : one));
    const moved = { ...heard, lanes };
    if (!settled.ok && state.strict) return end(moved, { output: undefined });
    if (working(after)) return { state: moved, dispatch: [dispatch(after)] };
    return lanes.some(working) ? { state: moved, dispatch: [] } : merge(moved);
  },
};
