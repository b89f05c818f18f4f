import { hold, idsOf, type Row, type Scene, same, type Step, teamOf } from "../scene.ts";
import { seenBy } from "./rounds.ts";

const manager = "a0";
const part = (worker: string): string => `the part of ${worker}`;
/** The manager plans when it has heard no worker, and integrates when it has; its first plan may name somebody there is not. */
function managerScript(workers: readonly string[], faulty: boolean): NonNullable<Scene["script"]> {
  return ({ agent, inputs, instruction = "" }, mark, view) => {
    if (agent !== manager) return { text: `${mark} done` };
    if (inputs.length > 0 && !view.includes("zed")) return { text: `${mark}: all of it` };
    const corrected = instruction.includes("zed");
    const plan = workers.map((worker) => ({ subtask: `${part(worker)}: ${mark}`, worker }));
    return { text: JSON.stringify(faulty && !corrected ? [...plan, { subtask: "the part of zed", worker: "zed" }] : plan) };
  };
}

const isWork = ({ dispatch }: Step): boolean => dispatch.agent !== manager;

/** A manager plans `{subtask → worker}`, a worker sees its own, the manager integrates. 1 + w + 1 calls a round. */
export const hierarchical: Row = {
  id: "hierarchical",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const workers = idsOf(team).slice(1);
    const chosen = workers.length === 0 ? [] : choose.shuffled(workers).slice(0, 1 + choose.below(workers.length));
    const scene = (delegated: readonly string[], faulty: boolean, more: Partial<Scene> = {}): Scene => ({
      label: `${n} agents, ${delegated.length} subtasks${faulty ? " and one for nobody" : ""}`,
      team,
      task: "Survey the coast.",
      config: { manager, rounds: 1, replans: 1 },
      script: managerScript(delegated, faulty),
      calls: 2 + delegated.length + (faulty ? 1 : 0),
      facts: { delegated: [...delegated], faulty },
      ...more,
    });
    // No more subtasks than people and no second plan: the calls made are the most there can be.
    const strict = { config: { manager, rounds: 1, replans: 0, subtasks: workers.length }, predicted: { expected: n + 1, max: n + 1 } };
    if (workers.length === 0) return [];
    return [scene(workers, false, strict), scene(chosen, false), scene(workers, true)];
  },
  claims: [
    {
      name: "each subtask has one owner, and the manager does none",
      check({ steps }, { facts }) {
        const work = steps.filter(isWork);
        const owners = work.map(({ dispatch }) => dispatch.agent);
        hold(same(owners, facts?.delegated as string[]), `the work was done by ${owners.join(", ")}`);
        for (const { dispatch, view } of steps)
          hold(dispatch.agent !== manager || dispatch.task === undefined || !view.startsWith("the part of"), `the manager does a subtask: ${dispatch.path}`);
      },
    },
    {
      name: "a worker sees its own subtask, no other's and no colleague's work",
      check(observed, { team }) {
        for (const step of observed.steps.filter(isWork)) {
          const { path, agent } = step.dispatch;
          hold(step.view.includes(part(agent)), `${path} does not see its subtask`);
          for (const other of idsOf(team)) hold(other === agent || !step.view.includes(`${part(other)}:`), `${path} sees the subtask of ${other}`);
          for (const seen of seenBy(step, observed)) hold(seen.agent === manager, `${path} sees ${seen.path}`);
        }
      },
    },
    {
      name: "every result reaches the manager, and what it integrates is the outcome",
      check(observed) {
        const last = observed.steps.at(-1);
        hold(last?.dispatch.agent === manager, "the last step is not the manager's");
        const heard = seenBy(last, observed)
          .filter(({ agent }) => agent !== manager)
          .map(({ path }) => path);
        const work = observed.steps.filter(isWork).map(({ dispatch }) => dispatch.path);
        hold(same(heard, work), `the manager hears ${heard.join(", ") || "nobody"} of ${work.join(", ")}`);
        hold(observed.done.output === last.dispatch.path, `the outcome is ${observed.done.output}`);
      },
    },
    {
      name: "an unknown worker's name is told to the manager, and nobody gets its subtask",
      check({ steps }, { facts }) {
        const told = steps.filter(({ dispatch, view }) => dispatch.agent === manager && (dispatch.instruction ?? "").includes("zed") && view.includes("zed"));
        hold(told.length === (facts?.faulty ? 1 : 0), `the manager was told ${told.length} times`);
        for (const { dispatch } of steps.filter(isWork)) hold(!(dispatch.task ?? "").includes("zed"), `${dispatch.path} got the subtask of nobody`);
      },
    },
  ],
  refused: () => [{ config: { manager: "a99" }, because: "nobody is called a99" }],
};
