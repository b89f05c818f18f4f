import type { Dispatch, Json, Settled, Team } from "@orrery/sdk";
import { type Answer, answerOf } from "./answer.ts";
import { type Failure, failureOf } from "./failures.ts";
import type { Encode, Result, Topology, TypedMove } from "./topology.ts";

/** Another wave of steps, all under way at once and at least one; or the end. */
export type Onward<Data> = { data: Data; wave: Dispatch[] } | { data: Data; done: Result };

/** A topology that asks in waves: nobody of a wave is asked before everybody of the one before it has ended. */
export interface WaveTopology<Config extends { onAgentFailure: string }, Data extends Json>
  extends Pick<Topology<Config, Json>, "id" | "config" | "problems" | "predict" | "edges"> {
  begin(team: Team, config: Config, task: string, encode: Encode): Onward<Data> | Promise<Onward<Data>>;
  /** `answers`: the good outputs of the wave that has ended, in the wave's order whatever the order they came in; empty when everybody failed. */
  onward(data: Data, answers: Answer[], encode: Encode): Onward<Data> | Promise<Onward<Data>>;
}

/** Where a wave is: what it asked, what is still out, what has come in. */
export type WaveState<Data extends Json> = {
  data: Data;
  wave: string[];
  waiting: string[];
  answers: Answer[];
  failures: Failure[];
  /** The first failure ends the run. */
  strict: boolean;
};
type Move<Data extends Json> = TypedMove<WaveState<Data>>;

function go<Data extends Json>(before: Omit<WaveState<Data>, "data" | "wave" | "waiting" | "answers">, onward: Onward<Data>): Move<Data> {
  const { data } = onward;
  if ("done" in onward)
    return { state: { ...before, data, wave: [], waiting: [], answers: [] }, dispatch: [], done: { ...onward.done, failures: before.failures } };
  const wave = onward.wave.map((dispatch) => dispatch.path);
  return { state: { ...before, data, wave, waiting: wave, answers: [] }, dispatch: onward.wave };
}

export function inWaves<Config extends { onAgentFailure: string }, Data extends Json>(topology: WaveTopology<Config, Data>): Topology<Config, WaveState<Data>> {
  const { id, config, problems, predict, edges } = topology;
  return {
    id,
    config,
    problems,
    predict,
    edges,
    start: async (team, config, task, encode) =>
      go<Data>({ failures: [], strict: config.onAgentFailure === "fail" }, await topology.begin(team, config, task, encode)),
    next: async (state, settled: Settled, encode) => {
      if (!state.waiting.includes(settled.path)) return { state, dispatch: [] };
      const waiting = state.waiting.filter((path) => path !== settled.path);
      const answers = settled.ok ? [...state.answers, answerOf(settled)] : state.answers;
      const failures = settled.ok ? state.failures : [...state.failures, failureOf(settled)];
      const after = { ...state, waiting, answers, failures };
      if (!settled.ok && state.strict) {
        const ended = go<Data>(after, { data: state.data, done: { output: undefined, facts: { stop: "an agent failed" } } });
        return waiting.length > 0 ? { ...ended, cancel: waiting } : ended;
      }
      if (waiting.length > 0) return { state: after, dispatch: [] };
      const inOrder = state.wave.flatMap((path) => answers.find((answer) => answer.path === path) ?? []);
      return go<Data>({ failures, strict: state.strict }, await topology.onward(state.data, inOrder, encode));
    },
  };
}
