import type { Dispatch, Json, Settled } from "@orrery/sdk";
import { type Answer, answerOf, concat, failureOf, type Result, saysDone, type Topology, type TypedMove, workerOf } from "../kit/index.ts";
import { callsOf, type HierarchicalConfig, hierarchicalConfig, hierarchyOf, problemsOf } from "./config.ts";
import { delegate, type Desk, integrate, type Books, open, resultsOf } from "./desk.ts";

type State = Books & { rounds: number; strict: boolean; summed: string | null; over: boolean };
type Draft = State & { out: Dispatch[] };
type Move = TypedMove<State>;

const topDesk = (round: number, manager: string, inputs: string[]): Desk => ({
  id: `r${round}`,
  manager,
  task: null,
  inputs,
  over: null,
  replans: 0,
  entries: [],
});

/** Takes what is to be sent out of the draft. */
function sent({ out, ...state }: Draft): Move {
  return { state, dispatch: out };
}

function end({ out: _unsent, ...state }: Draft, stop: string, result: Result): Move {
  const underWay = Object.keys(state.waiting);
  const { round, counts, failures } = state;
  const facts: { [name: string]: Json } = { rounds: round + 1, stop, ...counts };
  return {
    state: { ...state, waiting: {}, desks: [], over: true },
    dispatch: [],
    ...(underWay.length > 0 ? { cancel: underWay } : {}),
    done: { ...result, facts, failures },
  };
}

/** A desk has done what it can: its results go to the desk above, which integrates when it has all of its own; the top's are the outcome. */
function finish(state: Draft, desk: Desk, answers: Answer[], stop: string): Move {
  state.desks = state.desks.filter((one) => one !== desk);
  const above = desk.over && state.desks.find((one) => one.id === desk.over?.desk);
  if (!desk.over || !above) {
    if (answers.length === 0) return end(state, stop, { output: state.summed ?? undefined });
    return end(state, stop, answers.length === 1 ? { output: answers[0]?.path } : { output: undefined, text: concat(answers) });
  }
  above.entries[desk.over.entry] = answers;
  const [first] = answers;
  if (first) state.made[desk.manager] = first.path;
  return whenAllIsIn(state, above);
}

function whenAllIsIn(state: Draft, desk: Desk): Move {
  if (desk.entries.includes(null)) return sent(state);
  const results = resultsOf(desk);
  if (results.length === 0) return finish(state, desk, [], "nobody answered");
  integrate(state, desk, results);
  return sent(state);
}

function integrated(state: Draft, desk: Desk, settled: Settled): Move {
  if (!settled.ok) return finish(state, desk, resultsOf(desk), "the manager failed");
  const made = answerOf(settled);
  if (desk.over) return finish(state, desk, [made], "");
  const done = saysDone(made);
  if (done || state.round + 1 >= state.rounds) return end(state, done ? "the manager says done" : "rounds", { output: made.path });
  state.desks = [];
  state.round += 1;
  state.summed = made.path;
  open(state, topDesk(state.round, desk.manager, [made.path]));
  return sent(state);
}

/**
 * A manager plans who does what, a worker sees its own subtask and the artifacts it was given, and the manager integrates; a worker may be a manager itself.
 * Every result reaches its manager. A plan that names somebody there is not is told to the manager, who corrects it.
 */
export const hierarchical: Topology<HierarchicalConfig, State> = {
  id: "hierarchical",
  config: hierarchicalConfig,
  problems: problemsOf,
  predict: (team, config) => {
    const hierarchy = hierarchyOf(team, config);
    const { min, expected, max } = callsOf(hierarchy, config, hierarchy.manager);
    return { min, expected: expected * config.rounds, max: max * config.rounds };
  },
  edges: (team, config) =>
    Object.entries(hierarchyOf(team, config).reports).flatMap(([manager, below]) =>
      below.flatMap((worker) => [
        { from: manager, to: worker },
        { from: worker, to: manager },
      ]),
    ),
  start: (team, config) => {
    const { manager, reports } = hierarchyOf(team, config);
    const state: Draft = {
      round: 0,
      rounds: config.rounds,
      reports,
      workers: Object.fromEntries(team.agents.map((agent) => [agent.id, workerOf(agent)])),
      limits: { replans: config.replans, subtasks: config.subtasks },
      strict: config.onAgentFailure === "fail",
      desks: [],
      waiting: {},
      made: {},
      failures: [],
      counts: { delegated: 0, replans: 0, planned: 0 },
      summed: null,
      over: false,
      out: [],
    };
    open(state, topDesk(0, manager, []));
    return sent(state);
  },
  next: (before, settled) => {
    const waited = before.waiting[settled.path];
    if (before.over || !waited || !Object.hasOwn(before.waiting, settled.path)) return { state: before, dispatch: [] };
    const state: Draft = { ...structuredClone(before), out: [] };
    delete state.waiting[settled.path];
    const desk = state.desks.find((one) => one.id === waited.desk);
    if (!desk) return { state: before, dispatch: [] };
    if (!settled.ok) state.failures.push(failureOf(settled));
    if (!settled.ok && state.strict) return end(state, "an agent failed", { output: undefined });
    if (waited.does === "sum") return integrated(state, desk, settled);
    if (waited.does === "plan") {
      delegate(state, desk, settled.ok ? answerOf(settled) : undefined);
      return sent(state);
    }
    desk.entries[waited.entry] = settled.ok ? [answerOf(settled)] : [];
    if (settled.ok) state.made[settled.agent] = settled.path;
    return whenAllIsIn(state, desk);
  },
};
