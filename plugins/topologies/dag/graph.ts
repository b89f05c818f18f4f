import type { Team } from "@orrery/sdk";
import type { Condition } from "./condition.ts";
import { type DagConfig, edgesOf } from "./config.ts";

/**
 * `open`: the parent is done and the condition holds. `closed`: the edge is not taken. `dead`: the parent failed or could not run because another did.
 * An edge leaves `pending` once and never changes again.
 */
export type EdgeState = "pending" | "open" | "closed" | "dead";
/** `passed`: no edge led here, so it was not needed. `dropped`: it could not run because of a failure. */
export type NodeState = "pending" | "running" | "done" | "failed" | "passed" | "dropped";
export type GraphEdge = { from: string; to: string; when: Condition | null; state: EdgeState };
export type GraphNode = { id: string; join: "all" | "any" | "k" | "settled"; k: number; onFailure: "fail" | "skip"; state: NodeState };
export type Graph = { nodes: GraphNode[]; edges: GraphEdge[] };

export function graphOf(team: Team, config: DagConfig): Graph {
  return {
    nodes: team.agents.map(({ id }) => {
      const own = config.nodes[id];
      return {
        id,
        join: own?.join ?? config.join,
        k: own?.k ?? 1,
        onFailure: own?.onFailure ?? (config.onAgentFailure === "fail" ? "fail" : "skip"),
        state: "pending",
      };
    }),
    edges: edgesOf(team, config).map((edge) => ({ from: edge.from, to: edge.to, when: edge.when ?? null, state: "pending" })),
  };
}

/** What a waiting node's edges come to: it starts, waits on, was not needed, or cannot run any more. */
export function verdictOn(node: GraphNode, incoming: readonly GraphEdge[]): "start" | "wait" | "pass" | "drop" {
  if (incoming.length === 0) return "start";
  const count = (state: EdgeState): number => incoming.filter((edge) => edge.state === state).length;
  const open = count("open");
  const pending = count("pending");
  const dead = count("dead");
  if (node.join === "all") {
    if (dead > 0) return "drop";
    return pending > 0 ? "wait" : open > 0 ? "start" : "pass";
  }
  const needed = node.join === "k" ? node.k : 1;
  if (node.join === "settled" ? pending === 0 && open > 0 : open >= needed) return "start";
  if (open + pending >= needed) return "wait";
  return dead > 0 ? "drop" : "pass";
}

const leaving: { readonly [K in NodeState]?: EdgeState } = { failed: "dead", dropped: "dead", passed: "closed" };

/**
 * Lets every decision that has become possible happen: a node passed or dropped settles its own edges, which may settle others.
 * Ready nodes are marked running and returned in the team's order; `dropped` are those that cannot run any more.
 */
export function advance(graph: Graph): { graph: Graph; ready: string[]; dropped: string[] } {
  const nodes = graph.nodes.map((node) => ({ ...node }));
  const edges = graph.edges.map((edge) => ({ ...edge }));
  const ready: string[] = [];
  const dropped: string[] = [];
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of nodes) {
      if (node.state === "pending") {
        const verdict = verdictOn(
          node,
          edges.filter((edge) => edge.to === node.id),
        );
        if (verdict === "wait") continue;
        node.state = ({ start: "running", pass: "passed", drop: "dropped" } as const)[verdict];
        if (verdict === "start") ready.push(node.id);
        if (verdict === "drop") dropped.push(node.id);
        changed = true;
      }
      const becomes = leaving[node.state];
      if (!becomes) continue;
      for (const edge of edges) {
        if (edge.from !== node.id || edge.state !== "pending") continue;
        edge.state = becomes;
        changed = true;
      }
    }
  }
  const place = (id: string): number => nodes.findIndex((node) => node.id === id);
  ready.sort((a, b) => place(a) - place(b));
  return { graph: { nodes, edges }, ready, dropped };
}

/** Done nodes after which nothing ran and nothing was lost: their outputs are the outcome. */
export function endings(graph: Graph): string[] {
  const passed = new Set(graph.nodes.filter((node) => node.state === "passed").map((node) => node.id));
  return graph.nodes
    .filter((node) => node.state === "done" && graph.edges.every((edge) => edge.from !== node.id || passed.has(edge.to)))
    .map((node) => node.id);
}

/** How many nodes run when every condition holds, or when none does. A node never runs less for one more edge being open. */
export function callsWhen(start: Graph, conditionsHold: boolean): number {
  let graph = start;
  let calls = 0;
  for (;;) {
    const step = advance(graph);
    if (step.ready.length === 0) return calls;
    calls += step.ready.length;
    const ran = new Set(step.ready);
    graph = {
      nodes: step.graph.nodes.map((node) => (ran.has(node.id) ? { ...node, state: "done" } : node)),
      edges: step.graph.edges.map((edge) => (ran.has(edge.from) ? { ...edge, state: edge.when === null || conditionsHold ? "open" : "closed" } : edge)),
    };
  }
}
