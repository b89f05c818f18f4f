import type { Json } from "@orrery/kernel";
import type { Choices } from "../random.ts";
import { hold, idsOf, type Row, type Scene, same, teamOf } from "../scene.ts";
import { seesTheTask } from "./rounds.ts";

type Join = "all" | "any" | "k" | "settled";
type Graph = { parents: { [agent: string]: string[] }; needs: { [agent: string]: number } };

/** A random acyclic graph: edges go from earlier to later agents of a shuffled order. */
function sceneOf(n: number, choose: Choices, free: boolean): Scene {
  const team = teamOf(n, choose);
  const order = choose.shuffled(idsOf(team));
  const pairs = order.flatMap((to, i) => order.slice(0, i).map((from) => ({ from, to })));
  const edges = choose.shuffled(choose.some(pairs, choose.of([0.2, 0.5, 0.9])));
  const graph: Graph = { parents: {}, needs: {} };
  const nodes: { [agent: string]: { join: Join; k?: number } } = {};
  for (const id of order) {
    const parents = edges.filter(({ to }) => to === id).map(({ from }) => from);
    const join: Join = free ? choose.of(["all", "settled"]) : choose.of(["all", "any", "k", "settled"]);
    const k = 1 + choose.below(Math.max(1, parents.length));
    const counted = parents.length > 0 ? join : "all";
    nodes[id] = counted === "k" ? { join: counted, k } : { join: counted };
    graph.parents[id] = parents;
    graph.needs[id] = parents.length === 0 ? 0 : counted === "any" ? 1 : counted === "k" ? k : parents.length;
  }
  return {
    label: `${n} agents, ${edges.length} edges`,
    team,
    config: { edges, nodes },
    task: "Follow the arrows.",
    orderFree: free,
    calls: n,
    predicted: { min: n, expected: n, max: n },
    facts: { graph: graph as unknown as Json },
  };
}
const graphOf = ({ facts }: Scene): Graph => facts?.graph as unknown as Graph;

/** A node sees its parents' outputs only, and starts the moment its join rule holds. |V| calls. */
export const dag: Row = {
  id: "dag",
  scenes: (n, choose) => [sceneOf(n, choose, true), sceneOf(n, choose, true), sceneOf(n, choose, false), sceneOf(n, choose, false)],
  claims: [
    seesTheTask,
    {
      name: "every node runs once",
      check: ({ steps }, { team }) =>
        hold(
          same(
            steps.map(({ dispatch }) => dispatch.agent),
            idsOf(team),
          ),
          () => `these ran: ${steps.map(({ dispatch }) => dispatch.agent).join(", ")}`,
        ),
    },
    {
      name: "a node sees outputs of its parents only, and of as many as its join rule waits for",
      check({ steps }, scene) {
        const { parents, needs } = graphOf(scene);
        const by = new Map(steps.map(({ dispatch }) => [dispatch.path, dispatch.agent]));
        for (const { dispatch, sees } of steps) {
          const heard = sees.map((path) => by.get(path) ?? "");
          hold(
            heard.every((id) => parents[dispatch.agent]?.includes(id)),
            `${dispatch.agent} sees ${heard.join(", ")}; its parents: ${parents[dispatch.agent]?.join(", ")}`,
          );
          hold(heard.length === needs[dispatch.agent], `${dispatch.agent} sees ${heard.length} of the ${needs[dispatch.agent]} outputs it waits for`);
        }
      },
    },
    {
      name: "a node starts with the very settlement that makes its join rule hold, whatever others of its level do",
      check({ steps, settled }, scene) {
        const { parents, needs } = graphOf(scene);
        for (const { dispatch, cause } of steps) {
          const arrivals = settled.filter(({ agent }) => parents[dispatch.agent]?.includes(agent)).map(({ path }) => path);
          const due = arrivals[(needs[dispatch.agent] ?? 0) - 1];
          hold(cause === due, `${dispatch.agent} started with ${cause ?? "the run"}, its rule held with ${due ?? "the run"}`);
        }
      },
    },
  ],
  refused({ agents }) {
    const [a, b] = agents.map(({ id }) => id);
    const circle = { config: { edges: [{ from: a ?? "", to: a ?? "" }] }, because: "a node hears itself" };
    const unknown = { config: { edges: [{ from: a ?? "", to: "a99" }] }, because: "nobody is called a99" };
    if (b === undefined) return [circle, unknown];
    const two = [
      { from: a ?? "", to: b },
      { from: b, to: a ?? "" },
    ];
    return [circle, unknown, { config: { edges: two }, because: "the edges go in a circle" }];
  },
};
