import type { Json } from "@orrery/kernel";
import { hold, idsOf, type Row, type Scene, type Step, teamOf } from "../scene.ts";
import { seesTheTask } from "./rounds.ts";

const workersOf = (steps: readonly Step[]): Step[] => steps.filter(({ dispatch }) => dispatch.round === 0);

/** `o_i = a_i(task)`: views identical and independent, then one outcome. n calls, the reducing agent being one of them. */
export const parallel: Row = {
  id: "parallel",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const k = 1 + choose.below(Math.max(1, n - 1));
    const last = idsOf(team).at(-1) ?? "";
    const scene = (config: Json, facts: { join: string; k: number; reducer: string }, more: Partial<Scene> = {}): Scene => ({
      label: `${n} agents`,
      team,
      config,
      task: "Name a colour.",
      calls: n,
      facts,
      ...more,
    });
    const twoVotes: Scene["script"] = ({ agent }) => ({ text: Number(agent.slice(1)) % 3 === 1 ? "Blue!" : " the  RED one." });
    return [
      scene({ reducer: "concat" }, { join: "all", k: n, reducer: "concat" }, { predicted: { min: n, expected: n, max: n } }),
      scene({ reducer: "vote" }, { join: "all", k: n, reducer: "vote" }, { script: twoVotes }),
      scene(
        { reducer: "best" },
        { join: "all", k: n, reducer: "best" },
        { script: ({ agent }, mark) => ({ text: mark, score: ((Number(agent.slice(1)) * 7 + 3) % 10) / 10 }) },
      ),
      ...(n > 1 ? [scene({ reducer: { agent: last } }, { join: "all", k: n - 1, reducer: "agent" }, { predicted: { min: n, expected: n, max: n } })] : []),
      scene({ join: "k-of-n", k, reducer: "concat" }, { join: "k-of-n", k, reducer: "concat" }, { orderFree: false, predicted: { max: n } }),
      scene({ join: "first-accepted" }, { join: "first-accepted", k: 1, reducer: "none" }, { orderFree: false, predicted: { max: n } }),
      scene(
        { join: "first-accepted", acceptAt: 0.5 },
        { join: "first-accepted", k: 1, reducer: "none" },
        { orderFree: false, script: ({ agent }, mark) => ({ text: mark, score: agent === last ? 0.9 : 0.1 }) },
      ),
    ];
  },
  claims: [
    seesTheTask,
    {
      name: "everybody starts at once, on the same view, hearing nobody",
      check({ steps }) {
        const workers = workersOf(steps);
        for (const { dispatch, view, sees, after } of workers) {
          hold(
            after.length === 0 && sees.length === 0,
            `${dispatch.path} started after ${after.join(", ") || "nobody"} and sees ${sees.join(", ") || "nobody"}`,
          );
          hold(view === workers[0]?.view, `${dispatch.path} sees another view than ${workers[0]?.dispatch.path}`);
        }
      },
    },
    {
      name: "a reducing agent hears exactly those that answered, once the join holds",
      check({ steps }, { facts }) {
        const reducers = steps.filter(({ dispatch }) => dispatch.round > 0);
        hold(reducers.length === (facts?.reducer === "agent" ? 1 : 0), `${reducers.length} reducing steps`);
        for (const { dispatch, sees, after } of reducers) {
          hold(sees.length === facts?.k, `${dispatch.path} hears ${sees.length} answers`);
          hold(
            sees.every((path) => after.includes(path)),
            `${dispatch.path} hears somebody who was not done`,
          );
        }
      },
    },
    {
      name: "k-of-n waits for k answers and stops the others; first-accepted stops them at the first one accepted",
      check({ steps, settled, cancelled }, { facts, script }) {
        const workers = workersOf(steps).length;
        if (facts?.join === "k-of-n")
          hold(settled.length === facts.k && cancelled.length === workers - Number(facts.k), `${settled.length} settled, ${cancelled.length} cancelled`);
        if (facts?.join === "all") hold(cancelled.length === 0, `${cancelled.join(", ")} cancelled`);
        if (facts?.join !== "first-accepted") return;
        const first = settled.findIndex(({ score }) => score === undefined || score >= 0.5);
        hold(first === settled.length - 1, `it went on after ${settled[first]?.path} was accepted`);
        hold(cancelled.length === workers - settled.length, `${cancelled.length} cancelled${script ? " by score" : ""}`);
      },
    },
    {
      name: "the outcome is what the reducer makes of the answers, in the team's order",
      check({ steps, settled, done, outcome }, { facts, team }) {
        const order = idsOf(team);
        const answers = [...settled].sort((a, b) => order.indexOf(a.agent) - order.indexOf(b.agent));
        if (facts?.reducer === "concat") hold(outcome === answers.map(({ text }) => text).join("\n\n"), `the outcome is ${outcome}`);
        if (facts?.reducer === "agent") hold(done.output === steps.at(-1)?.dispatch.path, `the outcome is ${done.output}`);
        if (facts?.reducer === "best") {
          const most = Math.max(...answers.map(({ score }) => score ?? -1));
          hold(answers.find(({ path }) => path === done.output)?.score === most, `the outcome is ${done.output}, and the best has ${most}`);
        }
        if (facts?.reducer === "vote") {
          const red = answers.filter(({ text }) => text.includes("RED")).length;
          hold(outcome?.includes(red * 2 >= answers.length ? "RED" : "Blue") ?? false, `the outcome is ${outcome}, with ${red} of ${answers.length} for red`);
        }
        if (facts?.reducer === "none") hold(done.output === settled.at(-1)?.path, `the outcome is ${done.output}`);
      },
    },
  ],
  refused: ({ agents }) => [
    { config: { join: "k-of-n", k: agents.length + 1, reducer: "concat" }, because: "k is more than there are agents" },
    { config: { join: "k-of-n" }, because: "k is missing" },
    { config: { reducer: { agent: "a99" } }, because: "nobody is called a99" },
  ],
};
