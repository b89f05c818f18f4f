import type { Dispatch, Json, Move } from "@orrery/sdk";
import { each, type Fault, results } from "./mutant.ts";

const ended = (move: Move, change: (done: NonNullable<Move["done"]>) => NonNullable<Move["done"]>): Move =>
  move.done ? { ...move, done: change(move.done) } : move;

/** Faults any topology could have; made anew for each, since some of them remember. */
export const anyTopology = (): Fault[] => {
  let leaked = "";
  let count = 0;
  return [
    {
      name: "shows a run what another run made, through module state",
      move: each((dispatch) => (leaked ? { ...dispatch, given: [{ from: "before", text: leaked }] } : dispatch)),
      heard: (settled) => {
        leaked = settled.text;
        return settled;
      },
    },
    {
      name: "names its steps by a counter that runs on from run to run",
      whole: (good) => ({
        start: async (...given) => {
          const move = await good.start(...given);
          count += 1;
          return { ...move, dispatch: move.dispatch.map((dispatch) => ({ ...dispatch, round: dispatch.round + count })) };
        },
      }),
    },
    {
      name: "passes a failed step's error on as an output",
      move: (move, { settled }) => {
        const failed = settled.filter(({ ok }) => !ok).map(({ error }) => error?.message ?? "");
        return failed.length > 0 ? ended(move, (done) => ({ ...done, text: failed.join("\n") })) : move;
      },
    },
    {
      name: "shows a failed step's error to whoever comes next",
      move: each((dispatch, { settled }) => {
        const failed = settled.filter(({ ok }) => !ok);
        return failed.length > 0 ? { ...dispatch, given: failed.map(({ error }) => ({ from: "error", text: error?.message ?? "" })) } : dispatch;
      }),
    },
    { name: "does not list who failed", move: (move) => ended(move, (done) => ({ ...done, failures: [] })) },
    {
      name: "predicts one call too few",
      whole: (good) => ({
        predictCalls: async (...given) => {
          const { min, expected, max } = await good.predictCalls(...given);
          return { min: Math.min(min, max - 1), expected: Math.min(expected, max - 1), max: max - 1 };
        },
      }),
    },
    {
      name: "predicts more than can happen, at least",
      whole: (good) => ({
        predictCalls: async (...given) => {
          const { max } = await good.predictCalls(...given);
          return { min: max + 1, expected: max + 1, max: max + 1 };
        },
      }),
    },
    {
      name: "throws at a config it does not understand",
      whole: (good) => ({
        check: async (team, config) => {
          const told = await good.check(team, config);
          if (told.length > 0) throw new TypeError("config.map is not a function");
          return told;
        },
      }),
    },
    {
      name: "takes any config",
      whole: (good) => ({
        check: async () => [],
        start: async (team, config, task) => good.start(team, (await good.check(team, config)).length > 0 ? {} : config, task),
      }),
    },
    {
      name: "asks the same step twice",
      move: (move, { asked }) =>
        asked.length > 0 && asked[0]
          ? { ...move, dispatch: [...move.dispatch, asked[0]] }
          : { ...move, dispatch: [...move.dispatch, ...move.dispatch.slice(0, 1)] },
    },
    { name: "asks an agent who is not in the team", move: each((dispatch) => ({ ...dispatch, agent: "outsider" })) },
    { name: "wants a step to see what is not there yet", move: each((dispatch) => ({ ...dispatch, inputs: [...dispatch.inputs, "r99/nobody"] })) },
    {
      name: "ends while steps are under way",
      move: (move, { asked }) => (asked.length > 0 && !move.done && move.dispatch.length > 0 ? { ...move, done: { output: undefined, failures: [] } } : move),
      whole: (good) => ({
        start: async (...given) => {
          const move = await good.start(...given);
          return { ...move, done: { output: undefined, failures: [] } };
        },
      }),
    },
    {
      name: "changes the state it was given",
      whole: (good) => ({
        next: async (state, settled) => {
          (state as unknown as { touched: number }).touched = 1;
          return good.next(state, settled);
        },
      }),
    },
    {
      name: "keeps what is no plain data in its state",
      whole: (good) => ({
        start: async (...given) => {
          const move = await good.start(...given);
          return { ...move, state: { ...(move.state as object), seen: new Map([["a", 1]]) } as unknown as Json };
        },
      }),
    },
    {
      name: "goes on with a result that comes late",
      whole: (good) => ({
        next: async (state, settled) => {
          const move = await good.next(state, settled);
          return settled.text === "late" ? { ...move, state: { ...(move.state as object), late: settled.path } as Json } : move;
        },
      }),
    },
    { name: "declares no edges", whole: () => ({ edges: () => [] }) },
    {
      name: "leaves out of its outcome whatever settled last but one",
      move: (move, { settled }) => ended(move, (done) => ({ ...done, output: undefined, text: settled.at(-2)?.text ?? settled.at(-1)?.text ?? "" })),
    },
    {
      name: "lets the order of settlement into its outcome",
      move: (move, history) =>
        ended(move, (done) => ({
          ...done,
          output: undefined,
          text: results(history, () => true)
            .map(({ text }) => text)
            .join("\n"),
        })),
    },
    { name: "hides the task from its agents", move: each((dispatch: Dispatch) => ({ ...dispatch, task: "Do something." })) },
  ];
};
