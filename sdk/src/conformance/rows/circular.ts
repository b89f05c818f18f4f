import { hold, idsOf, type Row, type Scene, teamOf } from "../scene.ts";
import { seenBy, seesTheTask, settledIn, stopsWithoutChange } from "./rounds.ts";

/** A ring: `a_i` sees the task and its predecessor's current artifact, lap after lap. At most nk calls. */
export const circular: Row = {
  id: "circular",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const laps = 1 + choose.below(4);
    const scene = (more: Partial<Scene>, config: object = {}): Scene => ({
      label: `${n} agents, ${laps} laps`,
      team,
      task: "Polish the text.",
      config: { laps, ...config },
      ...more,
    });
    return [
      scene({ calls: n * laps, predicted: { expected: n * laps, max: n * laps }, facts: { ends: laps - 1 } }),
      scene({ script: settledIn, calls: 2 * n, facts: { ends: 1 } }, { laps: 6 }),
    ];
  },
  claims: [
    seesTheTask,
    {
      name: "only the predecessor's current artifact is visible, and nobody's in the first step",
      check(observed, { team }) {
        const ids = idsOf(team);
        for (const [i, step] of observed.steps.entries()) {
          const seen = seenBy(step, observed);
          const before = observed.steps[i - 1]?.dispatch.path;
          hold(step.dispatch.agent === ids[i % ids.length], `step ${i + 1} is ${step.dispatch.agent}'s`);
          hold(
            seen.map(({ path }) => path).join() === (before ?? ""),
            `${step.dispatch.path} sees ${seen.map(({ path }) => path).join(", ") || "nobody"}, its predecessor made ${before ?? "nothing"}`,
          );
        }
      },
    },
    {
      name: "the laps are counted, and one agent works at a time",
      check({ steps }, { team }) {
        for (const [i, { dispatch, after }] of steps.entries()) {
          hold(dispatch.round === Math.floor(i / team.agents.length), `${dispatch.path} is of lap ${dispatch.round}`);
          hold(after.length === i, `${dispatch.path} started after ${after.length} of ${i}`);
        }
      },
    },
    stopsWithoutChange,
    {
      name: "the outcome is what was made last",
      check: ({ steps, done }) => hold(done.output === steps.at(-1)?.dispatch.path, `the outcome is ${done.output}`),
    },
  ],
  refused: () => [{ config: { laps: 0 }, because: "there is no lap" }],
};
