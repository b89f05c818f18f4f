import type { Dispatch, Json, Move, Settled, Team, TopologyExecutor } from "@orrery/sdk";

/** What a faulty topology may look at: the run so far, kept in its state like any topology's. */
export interface History {
  team: Team;
  config: Json;
  task: string;
  asked: Dispatch[];
  settled: Settled[];
  cancelled: string[];
  over: boolean;
}
export interface Fault {
  /** What is wrong with it, as a sentence without a subject. */
  name: string;
  /** The config it really runs. */
  config?(config: { [name: string]: Json }, team: Team): { [name: string]: Json };
  /** What it asks for or ends with instead. */
  move?(move: Move, history: History): Move;
  /** What it takes a result for. */
  heard?(settled: Settled, history: History): Settled;
  /** Whatever else it does otherwise. */
  whole?(executor: TopologyExecutor): Partial<TopologyExecutor>;
}

type State = { inner: Json; history: History };
const isRecord = (value: Json): value is { readonly [name: string]: Json } => value !== null && typeof value === "object" && !Array.isArray(value);

/** A good topology with one fault put into it. Without a fault it does what it does. */
export function mutant(
  good: TopologyExecutor,
  { config: other = (same) => same, move: rewrite = (same) => same, heard = (same) => same, whole }: Omit<Fault, "name"> = {},
): TopologyExecutor {
  const out = (inner: Move, history: History): Move => {
    const moved = rewrite(inner, history);
    const after: History = {
      ...history,
      asked: [...history.asked, ...moved.dispatch],
      cancelled: [...history.cancelled, ...(inner.cancel ?? [])],
      over: inner.done !== undefined,
    };
    return { ...moved, state: { inner: moved.state, history: after } as unknown as Json };
  };
  const bad: TopologyExecutor = {
    check: (team, config) => good.check(team, config),
    predictCalls: (team, config) => good.predictCalls(team, config),
    edges: (team, config) => good.edges(team, config),
    start: async (team, config, task) => {
      const run = isRecord(config) ? other({ ...config }, team) : config;
      return out(await good.start(team, run, task), {
        team,
        config,
        task,
        asked: [],
        settled: [],
        cancelled: [],
        over: false,
      });
    },
    next: async (state, settled) => {
      const { inner, history } = state as unknown as State;
      const { asked, cancelled, over } = history;
      const known =
        !over &&
        asked.some(({ path }) => path === settled.path) &&
        [...cancelled, ...history.settled.map(({ path }) => path)].every((path) => path !== settled.path);
      if (!known) {
        const moved = await good.next(inner, settled);
        return { ...moved, state };
      }
      const after = { ...history, settled: [...history.settled, settled] };
      return out(await good.next(inner, heard(settled, after)), after);
    },
  };
  return { ...bad, ...whole?.(bad) };
}

/** Every dispatch changed. */
export const each =
  (change: (dispatch: Dispatch, history: History) => Dispatch): NonNullable<Fault["move"]> =>
  (move, history) => ({ ...move, dispatch: move.dispatch.map((dispatch) => change(dispatch, history)) });
/** Good results of steps that `wanted` picks. */
export const results = ({ asked, settled }: History, wanted: (dispatch: Dispatch) => boolean): Settled[] =>
  settled.filter(({ ok, path }) => ok && asked.some((dispatch) => dispatch.path === path && wanted(dispatch)));
/** A result shown to somebody whom it does not concern. */
export const shown = (dispatch: Dispatch, others: readonly Settled[]): Dispatch => {
  const [first] = others.filter(({ path }) => !dispatch.inputs.includes(path));
  return first ? { ...dispatch, given: [...(dispatch.given ?? []), { from: "somebody", text: first.text }] } : dispatch;
};
