import { hold, idsOf, type Row, type Scene, teamOf } from "../scene.ts";
import { seesTheTask } from "./rounds.ts";

/** `o_i = a_i(task, o_{i-1})`; with `history: "all"` every earlier output. n calls. */
export const sequential: Row = {
  id: "sequential",
  scenes: (n, choose) =>
    [{}, { history: "last" }, { history: "all" }].map(
      (config): Scene => ({
        label: `${n} agents`,
        team: teamOf(n, choose),
        config,
        task: "Count the moons.",
        calls: n,
        predicted: { min: n, expected: n, max: n },
        facts: { all: config.history === "all" },
      }),
    ),
  claims: [
    seesTheTask,
    {
      name: "agents in the order they are declared, each once",
      check: ({ steps }, { team }) => {
        const order = steps.map(({ dispatch }) => dispatch.agent);
        hold(order.join() === idsOf(team).join(), `the order was ${order.join(", ")}`);
      },
    },
    {
      name: "no agent starts before the output before it is there",
      check: ({ steps }) => {
        for (const [i, { dispatch, after }] of steps.entries()) hold(after.length === i, `${dispatch.path} started after ${after.length} outputs`);
      },
    },
    {
      name: "an agent sees the output before it and no other; with history all, every earlier one",
      check: ({ steps }, { facts }) => {
        for (const [i, { dispatch, sees }] of steps.entries()) {
          const earlier = steps.slice(facts?.all ? 0 : Math.max(0, i - 1), i).map((step) => step.dispatch.path);
          hold(sees.join() === earlier.join(), `${dispatch.path} sees ${sees.join(", ") || "nothing"}`);
        }
      },
    },
    {
      name: "the outcome is the last output",
      check: ({ steps, done }) => hold(done.output === steps.at(-1)?.dispatch.path && done.text === undefined, `the outcome is ${done.output}`),
    },
  ],
  refused: () => [
    { config: { history: "some" }, because: "there is no such history" },
    { config: { laps: 2 }, because: "there is no such setting" },
  ],
};
