import type { Json } from "@orrery/kernel";
import { hashOf } from "../random.ts";
import { hold, type Row, type Scene, teamOf } from "../scene.ts";

const sampleOf = (path: string): number => Number(path.slice(path.lastIndexOf("v") + 1));
/** The answer of a step, and a wrong one that is always the same. */
const answerOf = (step: number, right: boolean): string => `${right ? "state" : "error"} ${hashOf(`${step}`).toString(36)} after step ${step}`;

/** What one vote at a time would have drawn: how many samples, and which answer is first to be `k` ahead. */
function voteByVote(ballots: (sample: number) => string | undefined, k: number, most: number): { samples: number; winner: string | undefined } {
  const votes = new Map<string, number>();
  for (let sample = 0; sample < most; sample += 1) {
    const ballot = ballots(sample);
    if (ballot === undefined) continue;
    votes.set(ballot, (votes.get(ballot) ?? 0) + 1);
    const [first = 0, second = 0] = [...votes.values()].sort((a, b) => b - a);
    if (first - second >= k) return { samples: sample + 1, winner: ballot };
  }
  return { samples: most, winner: undefined };
}

/** A step an agent, minimal state, first-to-ahead-by-k on each; flagged samples thrown away and drawn again. */
export const maker: Row = {
  id: "maker",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const salt = choose.below(1_000_000);
    const scene = (steps: number, k: number, wrong: number, flagged: number, more: Partial<Scene> = {}): Scene => {
      const most = 60;
      const text = (step: number, sample: number): string => {
        const chance = (hashOf(`${salt}|${step}|${sample}`) % 1_000) / 1_000;
        return chance < flagged ? `(${"too long ".repeat(40)})` : answerOf(step, chance >= flagged + wrong);
      };
      const perStep = Array.from({ length: steps }, (_, step) =>
        voteByVote((sample) => (text(step, sample).length > 200 ? undefined : text(step, sample)), k, most),
      );
      return {
        label: `${n} agents, ${steps} steps, ${k} ahead`,
        team,
        task: "Walk all the steps.",
        config: {
          repeat: { times: steps, task: "Step {step}: go on from «{state}»." },
          initial: "the beginning",
          k,
          maxSamples: most,
          flags: { maxChars: 200 },
        },
        script: ({ round, path }) => ({ text: text(round, sampleOf(path)) }),
        calls: perStep.reduce((sum, { samples }) => sum + samples, 0),
        predicted: { min: steps * k, max: steps * most },
        facts: { k, initial: "the beginning", winners: perStep.map(({ winner }) => winner ?? "") as Json },
        ...more,
      };
    };
    return [
      scene(1 + choose.below(5), 1, 0, 0),
      scene(3, 3, 0.2, 0),
      scene(4, 2, 0.3, 0.2),
      scene(2, 4, 0.1, 0.5),
      {
        label: `${n} agents, a step each`,
        team,
        config: { k: 2 },
        task: "Each does a part.",
        script: ({ round }) => ({ text: answerOf(round, true) }),
        calls: 2 * n,
        predicted: { min: 2 * n },
      },
    ];
  },
  claims: [
    {
      name: "a step is told the answer its predecessor was voted, and nothing else of what went before",
      check({ steps }, { facts }) {
        const winners = facts?.winners as string[] | undefined;
        if (!winners) return;
        for (const { dispatch, view } of steps) {
          const state = dispatch.round === 0 ? String(facts?.initial) : (winners[dispatch.round - 1] ?? "");
          hold(view.includes(`«${state}»`), `${dispatch.path} is not told the answer of the step before: ${view}`);
          for (let other = 0; other < winners.length; other += 1) {
            if (other === dispatch.round - 1) continue;
            hold(!view.includes(answerOf(other, true)) && !view.includes(answerOf(other, false)), `${dispatch.path} is told an answer of step ${other + 1}`);
          }
          hold(dispatch.bare === true, `${dispatch.path} is shown more than its step`);
        }
      },
    },
    {
      name: "an answer wins when it is first to be k ahead, flagged samples not counted, and not one sample later",
      check({ steps, outcome }, { facts }) {
        const winners = facts?.winners as string[] | undefined;
        if (!winners) return;
        hold(outcome === winners.at(-1), `the outcome is ${outcome}, voted was ${winners.at(-1)}`);
        hold(Math.max(...steps.map(({ dispatch }) => dispatch.round)) === winners.length - 1, "not every step was made");
      },
    },
    {
      name: "the first sample of a step is drawn at temperature 0, the others slightly above",
      check({ steps }) {
        for (const { dispatch } of steps) {
          const { path, temperature = 0 } = dispatch;
          hold(sampleOf(path) === 0 ? temperature === 0 : temperature > 0 && temperature < 1, `${path} is drawn at ${temperature}`);
        }
      },
    },
    {
      name: "no sample of a step sees another",
      check({ steps }) {
        for (const { dispatch, view } of steps)
          hold(
            !view.includes(answerOf(dispatch.round, true)) && !view.includes(answerOf(dispatch.round, false)),
            `${dispatch.path} sees an answer of its own step`,
          );
      },
    },
  ],
  refused: () => [
    { config: { steps: ["Go."], p: 0.5 }, because: "with p = ½ no number of votes helps" },
    { config: { steps: ["Go."], p: 0.3 }, because: "with p below ½ voting makes it worse" },
    { config: { steps: [] }, because: "there is no step" },
  ],
};
