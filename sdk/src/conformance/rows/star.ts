import type { Dispatch } from "../../topology.ts";
import { hold, idsOf, type Row, type Scene, same, teamOf } from "../scene.ts";
import { seenBy } from "./rounds.ts";

const hub = "a0";
/** The hub writes to each spoke in its own words; when it has heard them, it says that more is needed. */
function hubScript(spokes: readonly string[]): NonNullable<Scene["script"]> {
  return ({ agent, guidance = "", instruction = "", inputs }: Dispatch, mark) => {
    if (agent !== hub) return { text: mark };
    const splitting = inputs.length === 0 || /split|hand out/i.test(`${guidance} ${instruction}`.split(".")[0] ?? "");
    return splitting && spokes.length > 0
      ? { text: JSON.stringify(Object.fromEntries(spokes.map((id) => [id, `your part, ${id}: ${mark}`]))) }
      : { text: `${mark} so far` };
  };
}

/** A hub splits, a spoke gets the hub's message only, the hub synthesises. 2 + (n − 1) calls a round. */
export const star: Row = {
  id: "star",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const spokes = idsOf(team).slice(1);
    return [1, 2].map((rounds): Scene => {
      const calls = (n + 1) * rounds;
      return {
        label: `${n} agents, ${rounds} rounds`,
        team,
        task: "Plan the expedition.",
        config: { hub, rounds },
        script: hubScript(spokes),
        calls,
        predicted: { min: n + 1, expected: calls, max: calls },
        facts: { rounds },
      };
    });
  },
  claims: [
    {
      name: "spokes never see each other, and hear the hub only",
      check(observed) {
        for (const step of observed.steps) {
          if (step.dispatch.agent === hub) continue;
          for (const seen of seenBy(step, observed)) hold(seen.agent === hub, `${step.dispatch.path} sees ${seen.path}`);
        }
      },
    },
    {
      name: "a spoke is shown the hub's message to it and no other spoke's",
      check({ steps }, { team }) {
        for (const { dispatch, view } of steps) {
          if (dispatch.agent === hub) continue;
          hold(view.includes(`your part, ${dispatch.agent}:`), `${dispatch.path} is not shown its message`);
          for (const other of idsOf(team))
            hold(other === dispatch.agent || !view.includes(`your part, ${other}:`), `${dispatch.path} is shown the message to ${other}`);
        }
      },
    },
    {
      name: "all traffic crosses the hub: it hears every spoke of the round before it brings them together",
      check(observed, { team, facts }) {
        const spokes = idsOf(team).slice(1);
        if (spokes.length === 0) return;
        for (let round = 0; round < Number(facts?.rounds); round += 1) {
          const joins = observed.steps.filter(
            (step) => step.dispatch.agent === hub && seenBy(step, observed).some((seen) => seen.agent !== hub && seen.round === round),
          );
          const [join] = joins.filter(({ dispatch }) => dispatch.round === round);
          hold(join !== undefined, `nobody brings round ${round} together`);
          const heard = seenBy(join, observed).filter((seen) => seen.agent !== hub);
          hold(
            same(
              heard.map(({ agent }) => agent),
              spokes,
            ),
            `${join.dispatch.path} hears ${heard.map(({ path }) => path).join(", ")}`,
          );
        }
      },
    },
    {
      name: "the outcome is the hub's",
      check: ({ steps, done }) => hold(done.output === steps.at(-1)?.dispatch.path && steps.at(-1)?.dispatch.agent === hub, `the outcome is ${done.output}`),
    },
  ],
  refused: () => [{ config: { hub: "a99" }, because: "nobody is called a99" }],
};
