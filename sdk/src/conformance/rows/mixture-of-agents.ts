import { hold, idsOf, type Row, type Scene, teamOf } from "../scene.ts";
import { inStep, seenBy, seesTheTask } from "./rounds.ts";

/** Layers: the first sees the task only, each later one all of the layer before it, the last is one aggregator. n(L − 1) + 1 calls. */
export const mixtureOfAgents: Row = {
  id: "mixture-of-agents",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const scene = (layers: number, proposers: number, config: object = {}): Scene => {
      const calls = proposers * (layers - 1) + 1;
      return {
        label: `${n} agents, ${layers} layers`,
        team,
        task: "Write the summary.",
        config: { layers, ...config },
        calls,
        predicted: { min: calls, expected: calls, max: calls },
        facts: { layers, proposers },
      };
    };
    const samples = 1 + choose.below(5);
    const agent = choose.of(idsOf(team));
    return [scene(2, n), scene(3, n), scene(4, n, { aggregator: agent }), scene(3, samples, { self: { agent, samples } })];
  },
  claims: [
    seesTheTask,
    {
      name: "layer 1 sees the task only; a later layer sees all of the layer before it, and nobody of their own or an earlier one",
      check(observed) {
        for (const step of observed.steps) {
          const { path, round } = step.dispatch;
          const before = observed.steps.filter(({ dispatch }) => dispatch.round === round - 1).length;
          const seen = seenBy(step, observed);
          for (const one of seen) hold(one.round === round - 1, `${path} sees ${one.path}`);
          hold(seen.length === before, `${path} sees ${seen.length} of the ${before} answers of the layer before`);
        }
      },
    },
    inStep,
    {
      name: "the last layer is one aggregator, and what it makes is the outcome",
      check({ steps, done }, { facts }) {
        const last = steps.filter(({ dispatch }) => dispatch.round === Number(facts?.layers) - 1);
        hold(last.length === 1, `the last layer has ${last.length} steps`);
        hold(done.output === last[0]?.dispatch.path, `the outcome is ${done.output}`);
        for (let layer = 0; layer < Number(facts?.layers) - 1; layer += 1)
          hold(steps.filter(({ dispatch }) => dispatch.round === layer).length === facts?.proposers, `layer ${layer + 1} is not complete`);
      },
    },
  ],
  refused: () => [
    { config: { layers: 0 }, because: "there is no layer" },
    { config: { aggregator: "a99" }, because: "nobody is called a99" },
  ],
};
