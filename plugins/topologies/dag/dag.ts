import type { Settled } from "@orrery/sdk";
import { type Failure, failureOf, type Topology, type TypedMove } from "../kit/index.ts";
import { holds } from "./condition.ts";
import { type DagConfig, dagConfig, edgesOf, problemsOf } from "./config.ts";
import { advance, callsWhen, endings, type Graph, type GraphNode, graphOf } from "./graph.ts";

type State = { graph: Graph; texts: { [agent: string]: string }; failures: Failure[]; over: boolean };
type Move = TypedMove<State>;

const pathOf = (agent: string): string => `r0/${agent}`;
const running = (graph: Graph): string[] => graph.nodes.filter((node) => node.state === "running").map((node) => pathOf(node.id));

function outcome(state: State): { output: string | undefined; text?: string } {
  const last = endings(state.graph);
  if (last.length === 1 && last[0] !== undefined) return { output: pathOf(last[0]) };
  if (last.length === 0) return { output: undefined };
  return { output: undefined, text: last.map((id) => state.texts[id]?.trim() ?? "").join("\n\n") };
}

/** Lets the graph go on from what is known, and ends the run when nothing is under way any more. */
function go(state: State): Move {
  const { graph, ready, dropped } = advance(state.graph);
  const failures = [
    ...state.failures,
    ...dropped.map((agent): Failure => ({ agent, path: pathOf(agent), code: "UPSTREAM_FAILED", message: upstream(graph, agent) })),
  ];
  const after = { ...state, graph, failures };
  const inputs = (agent: string): string[] => graph.edges.filter((edge) => edge.to === agent && edge.state === "open").map((edge) => pathOf(edge.from));
  const dispatch = ready.map((agent) => ({ path: pathOf(agent), agent, round: 0, inputs: inputs(agent) }));
  if (running(graph).length > 0) return { state: after, dispatch };
  return { state: { ...after, over: true }, dispatch: [], done: { ...outcome(after), failures } };
}

function upstream(graph: Graph, agent: string): string {
  const lost = graph.edges.filter((edge) => edge.to === agent && edge.state === "dead").map((edge) => edge.from);
  return `not run: it needs ${lost.map((id) => `"${id}"`).join(" and ")}, which gave no output`;
}

function failed(state: State, settled: Settled, { id, onFailure }: GraphNode): Move {
  const graph = { ...state.graph, nodes: state.graph.nodes.map((node) => (node.id === id ? { ...node, state: "failed" as const } : node)) };
  const after = { ...state, graph, failures: [...state.failures, failureOf(settled)] };
  if (onFailure === "skip") return go(after);
  const cancel = running(graph);
  const { graph: end, dropped } = advance(graph);
  const failures = [
    ...after.failures,
    ...dropped.map((agent): Failure => ({ agent, path: pathOf(agent), code: "UPSTREAM_FAILED", message: upstream(end, agent) })),
  ];
  return {
    state: { ...after, graph: end, failures, over: true },
    dispatch: [],
    ...(cancel.length > 0 ? { cancel } : {}),
    done: { output: undefined, failures },
  };
}

/**
 * A node sees its parents' outputs only and starts the moment its join rule holds, whatever others of its level do.
 * The outcome is what the last nodes made; a node behind a condition that does not hold is simply not needed.
 */
export const dag: Topology<DagConfig, State> = {
  id: "dag",
  config: dagConfig,
  problems: problemsOf,
  predict: (team, config) => {
    const graph = graphOf(team, config);
    const all = callsWhen(graph, true);
    return { min: callsWhen(graph, false), expected: all, max: all };
  },
  edges: (team, config) => edgesOf(team, config).map(({ from, to }) => ({ from, to })),
  start: (team, config) => go({ graph: graphOf(team, config), texts: {}, failures: [], over: false }),
  next: (state, settled) => {
    const node = state.graph.nodes.find((node) => pathOf(node.id) === settled.path);
    if (state.over || node?.state !== "running") return { state, dispatch: [] };
    if (!settled.ok) return failed(state, settled, node);
    const nodes = state.graph.nodes.map((other) => (other === node ? { ...node, state: "done" as const } : other));
    const edges = state.graph.edges.map((edge) => {
      if (edge.from !== node.id) return edge;
      return { ...edge, state: edge.when === null || holds(edge.when, settled) ? ("open" as const) : ("closed" as const) };
    });
    return go({ ...state, graph: { nodes, edges }, texts: { ...state.texts, [node.id]: settled.text } });
  },
};
