import { hold, type Claim, idsOf, type Observed, type Scene, type Script, same, type Step } from "../scene.ts";

/** Everybody says the same in every round but for case, spaces and closing marks: only letter by letter has anything changed. */
export const settledIn: Script = ({ agent, round }) => ({ text: round % 2 === 0 ? `The answer of ${agent}.` : `  the ANSWER of  ${agent}` });
/** Everybody says what everybody says. */
export const agreeing: Script = ({ agent }) => ({ text: agent === "a0" ? "Yes!" : " yes " });

/** Where each seen step comes from: round and agent. */
export function seenBy(step: Step, { steps }: Observed): { agent: string; round: number; path: string }[] {
  return step.sees.map((path) => {
    const from = steps.find(({ dispatch }) => dispatch.path === path)?.dispatch;
    return { path, agent: from?.agent ?? "", round: from?.round ?? -1 };
  });
}

/** A double buffer: round r hears round r − 1 and nothing of its own. `peers` says whom; `self` whether one's own answer must, may or must not be among them. */
export function hearsTheRoundBefore(
  working: (step: Step, scene: Scene) => boolean,
  peers: (agent: string, scene: Scene) => readonly string[],
  self: "must" | "may" | "no",
): Claim {
  return {
    name: "the first round is independent; a later one hears its peers' answers of the round before, all of them and nothing else",
    check(observed, scene) {
      for (const step of observed.steps.filter((one) => working(one, scene))) {
        const { path, agent, round } = step.dispatch;
        const seen = seenBy(step, observed);
        for (const one of seen) hold(one.round === round - 1, `${path} hears ${one.path}`);
        const wanted = round === 0 ? [] : [...peers(agent, scene)];
        const heard = seen.map((one) => one.agent).filter((id) => self !== "may" || id !== agent);
        const all = self === "must" && round > 0 ? [...wanted, agent] : wanted;
        hold(same(heard, all), `${path} hears ${heard.join(", ") || "nobody"}, its peers are ${all.join(", ") || "nobody"}`);
      }
    },
  };
}

/** No step of it in its place: the task itself, whoever is asked. */
export const seesTheTask: Claim = {
  name: "every agent sees the task",
  check({ steps }, { task }) {
    for (const { dispatch, view } of steps) hold(view.startsWith(task), `${dispatch.path} sees ${view.slice(0, 80)}`);
  },
};

/** A round begins when the one before it has ended, with everybody at once. */
export const inStep: Claim = {
  name: "everybody of a round starts at once, when the round before has ended",
  check({ steps }) {
    for (const { dispatch, after } of steps) {
      const before = steps.filter((other) => other.dispatch.round < dispatch.round);
      hold(after.length === before.length, `${dispatch.path} started after ${after.length} of the ${before.length} steps before its round`);
    }
  },
};

/** No change is found by likeness, at the first round without one. */
export const stopsWithoutChange: Claim = {
  name: "it ends with the first round that changes nothing, letters and spaces aside, and else after all of them",
  check({ steps }, { facts, team }) {
    const last = Math.max(...steps.map(({ dispatch }) => dispatch.round));
    if (facts?.ends === undefined) return;
    hold(last === facts.ends, `the last round was ${last}, due was ${String(facts.ends)}, with ${idsOf(team).length} agents`);
  },
};
