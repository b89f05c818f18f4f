import type { Dispatch, Json, Move } from "@orrery/sdk";
import { each, type Fault, type History, results, shown } from "./mutant.ts";

const more =
  (name: string, by: number): NonNullable<Fault["config"]> =>
  (config) =>
    typeof config[name] === "number" ? { ...config, [name]: Math.max(0, config[name] + by) } : config;
const ownRound = each((dispatch, history) =>
  shown(
    dispatch,
    results(history, ({ round }) => round < dispatch.round - 1),
  ),
);
const lost = each((dispatch: Dispatch) => (dispatch.inputs.length > 1 ? { ...dispatch, inputs: dispatch.inputs.slice(1) } : dispatch));
const exactly: Fault = { name: "takes only the very same letters for no change", config: (config) => ({ ...config, similarity: { by: "exact" } }) };
const twoRoundsBack: Fault = { name: "shows a round what was made two rounds before", move: ownRound };
const oneLost: Fault = { name: "loses one result on the way", move: lost };
/** What becomes ready one by one is kept until nothing is under way: a barrier where there is none, or steps one at a time. */
const oneByOne: Fault = {
  name: "lets a round read what was made in it, one agent at a time",
  whole(good) {
    type Held = { inner: Json; held: Dispatch[]; texts: { path: string; round: number; text: string }[]; rounds: { [path: string]: number } };
    const out = (move: Move, held: Dispatch[], before: Omit<Held, "inner" | "held">): Move => {
      const queue = [...held, ...move.dispatch];
      const next = queue.shift();
      const seen = next ? before.texts.filter(({ round }) => round === next.round) : [];
      const dispatch = next ? [{ ...next, ...(seen.length > 0 ? { given: seen.map(({ path, text }) => ({ from: path, text })) } : {}) }] : [];
      const rounds = { ...before.rounds, ...Object.fromEntries(dispatch.map(({ path, round }) => [path, round])) };
      return { ...move, dispatch, state: { inner: move.state, held: queue, texts: before.texts, rounds } as unknown as Json };
    };
    return {
      start: async (...given) => out(await good.start(...given), [], { texts: [], rounds: {} }),
      next: async (state, settled) => {
        const { inner, held, texts, rounds } = state as unknown as Held;
        const round = rounds[settled.path];
        if (round === undefined || texts.some(({ path }) => path === settled.path)) return { state, dispatch: [] };
        const after = settled.ok ? [...texts, { path: settled.path, round, text: settled.text }] : texts;
        return out(await good.next(inner, settled), held, { texts: after, rounds });
      },
    };
  },
};
const barrier: Fault = {
  name: "waits for a whole level where a step could start",
  whole(good) {
    type Held = { inner: Json; held: Dispatch[]; flying: string[] };
    const out = (move: Move, held: Dispatch[], flying: string[]): Move => {
      const queue = [...held, ...move.dispatch];
      const dispatch = flying.length === 0 ? queue : [];
      const state = { inner: move.state, held: flying.length === 0 ? [] : queue, flying: flying.length === 0 ? queue.map(({ path }) => path) : flying };
      return { ...move, dispatch, state: state as unknown as Json };
    };
    return {
      start: async (...given) => out(await good.start(...given), [], []),
      next: async (state, settled) => {
        const { inner, held, flying } = state as unknown as Held;
        if (!flying.includes(settled.path)) return { state, dispatch: [] };
        return out(
          await good.next(inner, settled),
          held,
          flying.filter((path) => path !== settled.path),
        );
      },
    };
  },
};
const spare = ({ asked, team }: History): string | undefined => team.agents.map(({ id }) => id).find((id) => asked.every(({ agent }) => agent !== id));
const raw = (history: History): string => history.task;

/** Faults of one row each. */
export const byTopology: { readonly [id: string]: readonly Fault[] } = {
  sequential: [
    {
      name: "shows an agent its predecessor's predecessor",
      move: each((dispatch, history) =>
        shown(
          dispatch,
          results(history, () => true),
        ),
      ),
    },
    {
      name: "shows the first output instead of the last",
      move: each((dispatch, { asked }) => (dispatch.inputs.length > 0 && asked[0] ? { ...dispatch, inputs: [asked[0].path] } : dispatch)),
    },
    { name: "forgets the output before", move: each((dispatch) => ({ ...dispatch, inputs: [] })) },
    { name: "always shows the whole history", config: (config) => ({ ...config, history: "all" }) },
  ],
  parallel: [
    { ...oneByOne, name: "asks one after another, each seeing those before" },
    {
      name: "loses a worker's result before it is reduced",
      move: each((dispatch) => (dispatch.round > 0 ? { ...dispatch, inputs: dispatch.inputs.slice(1) } : dispatch)),
    },
    {
      name: "waits for one answer more than k",
      config: (config, { agents }) => (typeof config["k"] === "number" ? { ...config, k: Math.min(agents.length, config["k"] + 1) } : config),
    },
    { name: "takes the first answer, accepted or not", config: (config) => (config["join"] === "first-accepted" ? { ...config, acceptAt: 0 } : config) },
    {
      name: "gives the first worker another view",
      move: each((dispatch, { team }) =>
        dispatch.round === 0 && dispatch.agent === team.agents[0]?.id ? { ...dispatch, instruction: "You are the first." } : dispatch,
      ),
    },
    { name: "leaves losers running", move: ({ cancel: _kept, ...move }) => move },
    { name: "takes the worst for the best", config: (config) => (config["reducer"] === "best" ? { ...config, reducer: "concat" } : config) },
  ],
  dag: [
    barrier,
    {
      name: "shows a node its grandparents' outputs",
      move: each((dispatch, history) =>
        shown(
          dispatch,
          results(history, () => true),
        ),
      ),
    },
    { name: "loses a parent's output", move: lost },
    { name: "waits for all parents whatever the join rule", config: (config) => ({ ...config, nodes: {} }) },
    {
      name: "turns one edge round",
      config: (config) => {
        const [first, ...rest] = (config["edges"] ?? []) as { from: string; to: string }[];
        return first && rest.length === 0 ? { ...config, edges: [{ from: first.to, to: first.from }] } : config;
      },
      move: each((dispatch, { asked }) =>
        dispatch.inputs.length === 1 && asked[0] && dispatch.inputs[0] !== asked[0].path ? { ...dispatch, inputs: [asked[0].path] } : dispatch,
      ),
    },
  ],
  "mixture-of-agents": [
    oneByOne,
    twoRoundsBack,
    oneLost,
    { name: "adds a layer", config: more("layers", 1) },
    { name: "leaves a layer out", config: more("layers", -1) },
    {
      name: "gives the aggregator's place to a proposer",
      move: (move, history) => (move.done ? { ...move, done: { ...move.done, output: history.asked[0]?.path ?? move.done.output } } : move),
    },
  ],
  debate: [
    oneByOne,
    twoRoundsBack,
    oneLost,
    exactly,
    { name: "debates a round too many", config: more("rounds", 1) },
    { name: "debates a round too few", config: more("rounds", -1) },
    { name: "does not report the vote of round 0", move: (move) => (move.done ? { ...move, done: { ...move.done, facts: {} } } : move) },
    {
      name: "forgets what an agent said itself",
      move: each((dispatch, { asked }) => ({
        ...dispatch,
        inputs: dispatch.inputs.filter((path) => asked.find((one) => one.path === path)?.agent !== dispatch.agent),
      })),
    },
  ],
  mesh: [
    oneByOne,
    twoRoundsBack,
    oneLost,
    exactly,
    { name: "gossips a round too many", config: more("rounds", 1) },
    { name: "gossips a round too few", config: more("rounds", -1) },
    { name: "lets everybody hear everybody, whatever the degree", config: ({ degree: _all, ...config }) => config },
    { name: "needs one more than the quorum", config: ({ quorum: _none, ...config }) => config },
  ],
  star: [
    {
      name: "lets spokes see each other",
      move: each((dispatch, history) =>
        dispatch.agent === "a0"
          ? dispatch
          : shown(
              dispatch,
              results(history, ({ agent }) => agent !== "a0" && agent !== dispatch.agent),
            ),
      ),
      whole: (good) => oneByOne.whole?.(good) ?? {},
    },
    {
      name: "sends every message to every spoke",
      move: each((dispatch, history) =>
        dispatch.agent === "a0"
          ? dispatch
          : {
              ...dispatch,
              task: results(history, ({ agent }) => agent === "a0")
                .map(({ text }) => text)
                .join("\n"),
            },
      ),
    },
    { name: "loses a spoke's result", move: lost },
    { name: "goes a round too far", config: more("rounds", 1) },
    { name: "sends spokes the task and not the hub's message", move: each(({ task: _message, ...dispatch }) => dispatch) },
  ],
  circular: [
    {
      name: "shows the predecessor's predecessor",
      move: each((dispatch, history) =>
        shown(
          dispatch,
          results(history, () => true)
            .reverse()
            .slice(1),
        ),
      ),
    },
    exactly,
    { name: "goes a lap too far", config: more("laps", 1) },
    {
      name: "goes a lap too few",
      config: (config) => (typeof config["laps"] === "number" && config["laps"] > 1 ? { ...config, laps: config["laps"] - 1 } : config),
    },
    {
      name: "forgets the artifact at the end of a lap",
      move: each((dispatch, { team }) => (dispatch.agent === team.agents[0]?.id ? { ...dispatch, inputs: [] } : dispatch)),
    },
  ],
  grid: [
    oneByOne,
    twoRoundsBack,
    exactly,
    { name: "lets the edges meet where they do not", config: (config) => ({ ...config, torus: config["torus"] !== true }) },
    { name: "takes corners for neighbours where they are none", config: (config) => ({ ...config, moore: config["moore"] !== true }) },
    { name: "goes a round too far", config: more("rounds", 1) },
    { name: "loses a neighbour", move: lost },
  ],
  hierarchical: [
    { name: "loses a worker's result", move: lost },
    {
      name: "shows a worker the whole plan",
      move: each((dispatch, history) =>
        dispatch.agent === "a0"
          ? dispatch
          : shown(
              dispatch,
              results(history, ({ agent }) => agent === "a0"),
            ),
      ),
    },
    { name: "lets the manager do a worker's subtask", move: each((dispatch) => (dispatch.agent === "a1" ? { ...dispatch, agent: "a0" } : dispatch)) },
    { name: "keeps an unknown worker's name to itself", config: (config) => ({ ...config, replans: 0 }) },
    {
      name: "gives a subtask to two",
      move: (move, history) => {
        const [first] = move.dispatch.filter(({ agent }) => agent !== "a0");
        return first && history.asked.length < 3 ? { ...move, dispatch: [...move.dispatch, { ...first, path: `${first.path}.again` }] } : move;
      },
    },
    { name: "gives a worker the task and not its subtask", move: each(({ task: _own, ...dispatch }) => dispatch) },
  ],
  forest: [
    {
      name: "calls a tree that has nothing to do with the task",
      move: (move, history) => {
        const idle = spare(history);
        return move.dispatch.length > 0 && history.asked.length === 0 && idle !== undefined
          ? { ...move, dispatch: [...move.dispatch, { path: `r0/${idle}.too`, agent: idle, round: 0, inputs: [] }] }
          : move;
      },
    },
    { name: "takes every tree, related or not", config: ({ top: _all, ...config }) => ({ ...config, router: { by: "words", threshold: 0 } }) },
    { name: "stays at the root", config: (config) => ({ ...config, edges: [] }) },
    {
      name: "shows a tree another one's work",
      move: each((dispatch, history) =>
        shown(
          dispatch,
          results(history, ({ agent }) => agent !== dispatch.agent),
        ),
      ),
      whole: (good) => oneByOne.whole?.(good) ?? {},
    },
    { name: "does not fall back", config: ({ fallback: _none, ...config }) => config },
    { name: "hides from an expert what the one above it made", move: each((dispatch) => ({ ...dispatch, inputs: [] })) },
  ],
  maker: [
    {
      name: "takes a margin too small by one",
      config: (config) => (typeof config["k"] === "number" && config["k"] > 1 ? { ...config, k: config["k"] - 1 } : config),
    },
    { name: "takes a margin too large by one", config: more("k", 1) },
    { name: "counts red-flagged samples", config: ({ flags: _none, ...config }) => config },
    {
      name: "tells a step the answer before the last too",
      move: each((dispatch, history) =>
        shown(
          dispatch,
          results(history, ({ round }) => round < dispatch.round - 1),
        ),
      ),
    },
    {
      name: "tells a sample what another one said",
      move: each((dispatch, history) =>
        shown(
          dispatch,
          results(history, ({ round }) => round === dispatch.round),
        ),
      ),
    },
    { name: "draws all samples at temperature 0", move: each((dispatch) => ({ ...dispatch, temperature: 0 })) },
    { name: "shows a step memories and documents", move: each(({ bare: _not, ...dispatch }) => dispatch) },
    {
      name: "starts each step from the beginning",
      move: each((dispatch, history) => ({ ...dispatch, ...(history.asked[0]?.task === undefined ? {} : { task: history.asked[0].task }) })),
    },
  ],
  hybrid: [
    { name: "sends the task as it is", move: each((dispatch, history) => (dispatch.localOnly ? dispatch : { ...dispatch, task: raw(history) })) },
    { name: "sends documents and memories along", move: each(({ bare: _not, ...dispatch }) => dispatch) },
    { name: "lets a local step be answered anywhere", move: each(({ localOnly: _not, ...dispatch }) => dispatch) },
    {
      name: "sends a local answer as it is",
      move: each((dispatch, history) =>
        dispatch.localOnly
          ? dispatch
          : shown(
              dispatch,
              results(history, ({ localOnly }) => localOnly === true),
            ),
      ),
    },
    {
      name: "leaves stand-ins in the outcome",
      move: (move) => (move.done ? { ...move, done: { output: move.done.output, failures: move.done.failures } } : move),
    },
    { name: "keeps the words its team calls private no better than others", config: ({ taint: _none, ...config }) => config },
  ],
};
