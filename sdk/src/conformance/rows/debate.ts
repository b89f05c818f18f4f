import { type Claim, hold, idsOf, type Row, type Scene, same, teamOf } from "../scene.ts";
import { agreeing, hearsTheRoundBefore, inStep, seenBy, seesTheTask, settledIn, stopsWithoutChange } from "./rounds.ts";

const debaters = ({ team, facts }: Scene): string[] => idsOf(team).filter((id) => id !== facts?.judge);
const others = (agent: string, scene: Scene): string[] => debaters(scene).filter((id) => id !== agent);

const judged: Claim = {
  name: "a judge does not debate, hears every last answer, and decides; unanimity spares it",
  check(observed, { facts, team }) {
    const judge = facts?.judge;
    if (typeof judge !== "string") return;
    const steps = observed.steps.filter(({ dispatch }) => dispatch.agent === judge);
    hold(steps.length === (facts?.unanimous ? 0 : 1), `the judge was asked ${steps.length} times`);
    for (const step of steps) {
      const last = Math.max(...observed.steps.filter(({ dispatch }) => dispatch.agent !== judge).map(({ dispatch }) => dispatch.round));
      const seen = seenBy(step, observed).filter(({ round }) => round === last);
      const debating = idsOf(team).filter((id) => id !== judge);
      hold(
        same(
          seen.map(({ agent }) => agent),
          debating,
        ),
        `the judge hears ${seen.map(({ path }) => path).join(", ")}`,
      );
      hold(observed.done.output === step.dispatch.path, `the outcome is ${observed.done.output}`);
    }
  },
};

/** Round 0 independent, then each hears its own and the others' answers of the round before; a vote or a judge. n(R + 1) calls, and the judge's. */
export const debate: Row = {
  id: "debate",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const rounds = 1 + choose.below(3);
    const judge = idsOf(team).at(-1) ?? "";
    const scene = (more: Partial<Scene>, config: object = {}): Scene => ({
      label: `${n} agents, ${rounds} rounds`,
      team,
      task: "Which of the two is it?",
      config: { rounds, judge: false, ...config },
      ...more,
    });
    const all = n * (rounds + 1);
    const together = scene({ script: agreeing, calls: n, facts: { judge: null, unanimous: true, ends: 0 } });
    const withJudge = (n - 1) * (rounds + 1) + 1;
    return [
      n === 1 ? together : scene({ calls: all, predicted: { expected: all, max: all }, facts: { judge: null, ends: rounds } }),
      together,
      ...(n > 1 ? [scene({ script: settledIn, calls: 2 * n, facts: { judge: null, ends: 1 } }, { rounds: 5 })] : []),
      ...(n > 2
        ? [
            scene({ calls: withJudge, predicted: { expected: withJudge, max: withJudge }, facts: { judge } }, { judge }),
            scene({ script: agreeing, calls: n - 1, facts: { judge, unanimous: true, ends: 0 } }, { judge }),
          ]
        : []),
    ];
  },
  claims: [
    seesTheTask,
    hearsTheRoundBefore(({ dispatch }, { facts }) => dispatch.agent !== facts?.judge, others, "must"),
    inStep,
    stopsWithoutChange,
    judged,
    {
      name: "the vote of round 0 is reported beside the result",
      check: ({ done }) => hold(done.facts?.round0Vote !== undefined && done.facts.round0Vote !== null, "there is no vote of round 0 in the facts"),
    },
  ],
  refused: () => [
    { config: { judge: "a99" }, because: "nobody is called a99" },
    { config: { rounds: -1 }, because: "there are no rounds below none" },
  ],
};
